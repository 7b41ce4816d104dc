// The interpreter of launcher programs, AArch64.  See interpreter-x86_64.s for the records.
//
// Registers: x19 slots, x20 current record, x21 table, x0-x5 arguments (as svc takes them),
// w10 number, w11 result slot, w12 target.

        .equ    IGNORE, 0x7fff

        .text
        .globl  _start
_start:
        movz    x19, #0x2000, lsl #16
        mov     x9, sp
        str     x9, [x19]               // slot 0: argc, argv and envp are found from here
        movz    x21, #0x1000, lsl #16
        add     x21, x21, #0x400
        mov     x20, x21

run:
        ldrb    w9, [x20, #1]
        tbnz    w9, #6, short_arguments
        ldursw  x0, [x20, #6]
        ldursw  x1, [x20, #10]
        ldursw  x2, [x20, #14]
        ldursw  x3, [x20, #18]
        ldursw  x4, [x20, #22]
        ldursw  x5, [x20, #26]
slots:
        tbz     w9, #0, 1f
        ldr     x0, [x19, x0, lsl #3]
1:      tbz     w9, #1, 1f
        ldr     x1, [x19, x1, lsl #3]
1:      tbz     w9, #2, 1f
        ldr     x2, [x19, x2, lsl #3]
1:      tbz     w9, #3, 1f
        ldr     x3, [x19, x3, lsl #3]
1:      tbz     w9, #4, 1f
        ldr     x4, [x19, x4, lsl #3]
1:      tbz     w9, #5, 1f
        ldr     x5, [x19, x5, lsl #3]
1:      lsr     w10, w9, #7
        ldrb    w9, [x20]
        and     w9, w9, #31
        ldrb    w11, [x20, #3]
        orr     w10, w11, w10, lsl #8
        ldrb    w11, [x20, #2]
        ldrh    w12, [x20, #4]
        adr     x13, operations
        ldrsh   x14, [x13, x9, lsl #1]
        add     x13, x13, x14
        br      x13

short_arguments:
        ldrsh   x0, [x20, #6]
        ldrsh   x1, [x20, #8]
        ldrsh   x2, [x20, #10]
        ldrsh   x3, [x20, #12]
        ldrsh   x4, [x20, #14]
        ldrsh   x5, [x20, #16]
        b       slots

op_call:
        mov     w8, w10
        svc     #0
        str     x0, [x19, x11, lsl #3]
        cmn     x0, #4095
        b.lo    next
        mov     w9, #IGNORE
        cmp     w12, w9
        b.eq    next
        b.lo    goto
        neg     x0, x0
        stp     x0, x12, [x19, #8]      // slots 1 and 2: errno, which failure
        ldr     x12, [x19, #24]         // slot 3: handler
        b       goto

op_jump:
        mov     x12, x0
goto:
        .ifdef  FAR
        add     x20, x21, x12, lsl #3
        .else
        add     x20, x21, x12, lsl #1
        .endif
        b       run

op_branch:
        cmp     w10, #4
        b.hs    2f
        cmp     x0, x1
        cset    w9, lt
        tbnz    w10, #1, 3f
        cset    w9, eq
        b       3f
2:      tst     x0, x1
        cset    w9, ne
3:      and     w10, w10, #1            // odd conditions are the negated even ones
        cmp     w9, w10
        b.ne    goto
        b       next

op_add:
        add     x0, x0, x1
        b       op_set
op_subtract:
        sub     x0, x0, x1
        b       op_set
op_and:
        and     x0, x0, x1
        b       op_set
op_or:
        orr     x0, x0, x1
        b       op_set
op_shift_left:
        lsl     x0, x0, x1
        b       op_set
op_shift_right:
        lsr     x0, x0, x1
        b       op_set

op_load:
        add     x9, x0, x1
        ldrb    w0, [x9]
        cmp     w10, #2
        b.lo    op_set
        ldrh    w0, [x9]
        b.eq    op_set
        ldr     w0, [x9]
        cmp     w10, #8
        b.lo    op_set
        ldr     x0, [x9]
        b       op_set

op_store:
        add     x9, x0, x1
        cmp     w10, #2
        b.hi    1f
        b.eq    2f
        strb    w2, [x9]
        b       next
2:      strh    w2, [x9]
        b       next
1:      cmp     w10, #8
        b.eq    2f
        str     w2, [x9]
        b       next
2:      str     x2, [x9]
        b       next

op_decimal:
        mov     x9, sp                  // digits, last first, into the unused stack below
        mov     x10, #10
        mov     x13, x9
1:      udiv    x14, x0, x10
        msub    x15, x14, x10, x0
        add     w15, w15, #'0'
        strb    w15, [x13, #-1]!
        mov     x0, x14
        cbnz    x0, 1b
1:      ldrb    w15, [x13], #1
        strb    w15, [x1], #1
        cmp     x13, x9
        b.ne    1b
        mov     x0, x1
        b       op_set

op_compare:
        mov     x9, x0
        mov     x0, #0
1:      cbz     x2, op_set
        ldrb    w13, [x9], #1
        ldrb    w14, [x1], #1
        sub     x2, x2, #1
        cmp     w13, w14
        b.eq    1b
        mov     x0, #1
        b       op_set

op_copy:
        cbz     x2, op_set
        ldrb    w9, [x1], #1
        strb    w9, [x0], #1
        sub     x2, x2, #1
        b       op_copy

op_scan:
        and     w1, w1, #0xff
1:      ldrb    w9, [x0]
        cmp     w9, w1
        b.eq    op_set
        cbz     w9, op_set
        add     x0, x0, #1
        b       1b

op_env:
        ldr     x9, [x19]
        ldr     x13, [x9], #16
        add     x9, x9, x13, lsl #3
        mov     x13, x0
1:      ldr     x14, [x9], #8
        mov     x0, #0
        cbz     x14, op_set
        mov     x15, x13
2:      ldrb    w1, [x15], #1
        ldrb    w2, [x14], #1
        cbz     w1, 3f
        cmp     w1, w2
        b.eq    2b
        b       1b
3:      cmp     w2, #'='
        b.ne    1b
        mov     x0, x14

op_set:
        str     x0, [x19, x11, lsl #3]
next:
        ldrb    w10, [x20, #1]
        ldrb    w9, [x20], #6
        lsr     w9, w9, #5
        tbnz    w10, #6, 1f
        add     x20, x20, x9, lsl #1
1:      add     x20, x20, x9, lsl #1
        b       run

operations:
        .hword  op_call-operations, op_jump-operations, op_set-operations, op_add-operations
        .hword  op_subtract-operations, op_and-operations, op_or-operations, op_shift_left-operations
        .hword  op_shift_right-operations, op_branch-operations, op_load-operations, op_store-operations
        .hword  op_decimal-operations, op_compare-operations, op_copy-operations, op_scan-operations
        .hword  op_env-operations, 0
