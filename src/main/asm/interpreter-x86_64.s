# The interpreter of launcher programs, x86-64.
#
# A program is a table of records (io.nsbox.image.TableEncoder):
#   0 operation, and in its upper three bits the number of arguments
#   1 mask of the arguments that are slots; bit 6: arguments have 16 bits, not 32; bit 7: the upper bit of the number
#   2 result slot   3 number   4 target (in units of 2 bytes from the table, 8 with FAR) or error field
#   6 up to six arguments
# Registers: r15 slots, rbx current record, rdi rsi rdx r10 r8 r9 arguments (as syscall(2) takes them),
# ecx number, r12 result slot, r13 target.  No memory but the slots, the buffers and the stack page is touched.

        .intel_syntax noprefix
        .equ    TABLE, 0x10000400
        .equ    SLOTS, 0x20000000
        .equ    IGNORE, 0x7fff

        .text
        .globl  _start
_start:
        mov     r15d, SLOTS
        mov     [r15], rsp              # slot 0: argc, argv and envp are found from here
        mov     ebx, TABLE

run:
        movzx   eax, byte ptr [rbx+1]
        test    al, 64
        jnz     short_arguments
        movsxd  rdi, dword ptr [rbx+6]
        movsxd  rsi, dword ptr [rbx+10]
        movsxd  rdx, dword ptr [rbx+14]
        movsxd  r10, dword ptr [rbx+18]
        movsxd  r8, dword ptr [rbx+22]
        movsxd  r9, dword ptr [rbx+26]
slots:
        test    al, 1
        jz      1f
        mov     rdi, [r15+rdi*8]
1:      test    al, 2
        jz      1f
        mov     rsi, [r15+rsi*8]
1:      test    al, 4
        jz      1f
        mov     rdx, [r15+rdx*8]
1:      test    al, 8
        jz      1f
        mov     r10, [r15+r10*8]
1:      test    al, 16
        jz      1f
        mov     r8, [r15+r8*8]
1:      test    al, 32
        jz      1f
        mov     r9, [r15+r9*8]
1:      movzx   eax, byte ptr [rbx]
        movzx   ecx, byte ptr [rbx+1]
        shr     ecx, 7
        shl     ecx, 8
        mov     cl, [rbx+3]
        movzx   r12d, byte ptr [rbx+2]
        movzx   r13d, word ptr [rbx+4]
        lea     r14, [rip+operations]
        and     eax, 31
        movsx   rax, word ptr [r14+rax*2]
        add     rax, r14
        jmp     rax

short_arguments:
        movsx   rdi, word ptr [rbx+6]
        movsx   rsi, word ptr [rbx+8]
        movsx   rdx, word ptr [rbx+10]
        movsx   r10, word ptr [rbx+12]
        movsx   r8, word ptr [rbx+14]
        movsx   r9, word ptr [rbx+16]
        jmp     slots

op_call:
        mov     eax, ecx
        syscall
        mov     [r15+r12*8], rax
        cmp     rax, -4095
        jb      next
        cmp     r13d, IGNORE
        je      next
        jb      goto
        neg     rax
        mov     [r15+8], rax            # slot 1: errno
        mov     [r15+16], r13           # slot 2: which failure
        mov     r13, [r15+24]           # slot 3: handler
        jmp     goto

op_jump:
        mov     r13, rdi
goto:
        .ifdef  FAR
        lea     rbx, [r13*8+TABLE]
        .else
        lea     rbx, [r13*2+TABLE]
        .endif
        jmp     run

op_branch:
        xor     eax, eax
        cmp     ecx, 4
        jae     2f
        cmp     rdi, rsi
        setl    al
        test    ecx, 2
        jnz     3f
        cmp     rdi, rsi
        sete    al
        jmp     3f
2:      test    rdi, rsi
        setnz   al
3:      and     ecx, 1                  # odd conditions are the negated even ones
        cmp     eax, ecx
        jne     goto
        jmp     next

op_add:
        add     rdi, rsi
        jmp     result
op_subtract:
        sub     rdi, rsi
        jmp     result
op_and:
        and     rdi, rsi
        jmp     result
op_or:
        or      rdi, rsi
        jmp     result
op_shift_left:
        mov     ecx, esi
        shl     rdi, cl
        jmp     result
op_shift_right:
        mov     ecx, esi
        shr     rdi, cl
        jmp     result

op_load:
        movzx   eax, byte ptr [rdi+rsi]
        cmp     ecx, 2
        jb      store_rax
        movzx   eax, word ptr [rdi+rsi]
        je      store_rax
        mov     eax, [rdi+rsi]
        cmp     ecx, 8
        jb      store_rax
        mov     rax, [rdi+rsi]
        jmp     store_rax

op_store:
        cmp     ecx, 2
        ja      1f
        je      2f
        mov     [rdi+rsi], dl
        jmp     next
2:      mov     [rdi+rsi], dx
        jmp     next
1:      cmp     ecx, 8
        je      2f
        mov     [rdi+rsi], edx
        jmp     next
2:      mov     [rdi+rsi], rdx
        jmp     next

op_decimal:
        mov     rax, rdi
        mov     rdi, rsi
        xor     ecx, ecx
        lea     r8d, [rcx+10]
1:      xor     edx, edx
        div     r8
        push    rdx
        inc     ecx
        test    rax, rax
        jnz     1b
1:      pop     rax
        add     al, '0'
        stosb
        dec     ecx
        jnz     1b
        jmp     result

op_compare:
        mov     rcx, rdx
        xor     eax, eax                # also sets ZF: nothing to compare is equal
        repe cmpsb
        setne   al
        jmp     store_rax

op_copy:
        mov     rcx, rdx
        rep movsb
        jmp     result

op_scan:
        mov     al, [rdi]
        cmp     al, sil
        je      result
        test    al, al
        jz      result
        inc     rdi
        jmp     op_scan

op_env:
        mov     rdx, [r15]
        mov     rax, [rdx]
        lea     rdx, [rdx+rax*8+16]
1:      mov     rsi, [rdx]
        add     rdx, 8
        xor     eax, eax
        test    rsi, rsi
        jz      store_rax
        xor     ecx, ecx
2:      mov     al, [rdi+rcx]
        test    al, al
        jz      3f
        cmp     al, [rsi+rcx]
        jne     1b
        inc     rcx
        jmp     2b
3:      cmp     byte ptr [rsi+rcx], '='
        jne     1b
        lea     rdi, [rsi+rcx+1]

op_set:
result:
        mov     rax, rdi
store_rax:
        mov     [r15+r12*8], rax
next:
        movzx   eax, byte ptr [rbx]
        shr     eax, 5
        lea     rbx, [rbx+6]
        test    byte ptr [rbx-5], 64
        lea     rbx, [rbx+rax*2]
        jnz     run
        lea     rbx, [rbx+rax*2]
        jmp     run

operations:
        .word   op_call-operations, op_jump-operations, op_set-operations, op_add-operations
        .word   op_subtract-operations, op_and-operations, op_or-operations, op_shift_left-operations
        .word   op_shift_right-operations, op_branch-operations, op_load-operations, op_store-operations
        .word   op_decimal-operations, op_compare-operations, op_copy-operations, op_scan-operations
        .word   op_env-operations
