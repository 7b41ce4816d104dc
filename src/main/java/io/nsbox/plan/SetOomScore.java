package io.nsbox.plan;

import io.nsbox.diag.Span;
import io.nsbox.program.Linux;
import io.nsbox.program.Operand;
import io.nsbox.program.ProgramBuilder;
import io.nsbox.program.Slot;
import io.nsbox.program.Syscall;
import java.util.Optional;

/**
 * Sets how readily the kernel ends the command when memory is short (proc_pid_oom_score_adj(5)); see {@link SetNice}.
 *
 * @param inherited whether it is set on the preparing process, whose child the command's is: files below /proc of a process
 *     that has become undumpable belong to root
 */
record SetOomScore(int score, boolean inherited, Optional<Span> cause) implements Step {
    @Override
    public String title() {
        return "set oom_score_adj to " + score;
    }

    @Override
    public void beforeClone(Emitter emitter) {
        if (inherited) {
            set(emitter, emitter.builder().text("/proc/self/oom_score_adj"));
        }
    }

    @Override
    public void inParent(Emitter emitter) {
        if (inherited) {
            return;
        }
        ProgramBuilder b = emitter.builder();
        Frame frame = emitter.frame();
        Slot end = frame.scratch2;
        b.set(end, frame.words);
        emitter.append(end, "/proc/");
        emitter.appendDecimal(end, Operand.of(frame.pid));
        emitter.append(end, "/oom_score_adj");
        b.store(1, Operand.of(end), 0, Operand.number(0));
        set(emitter, frame.words.shownAs("\"/proc/<pid>/oom_score_adj\""));
    }

    private void set(Emitter emitter, Operand path) {
        Hints hints = Hints.on(Linux.EACCES, "only CAP_SYS_RESOURCE may go below the caller's own value")
                .and(Linux.EROFS, "/proc is read-only where nsbox runs: mount -o remount,rw /proc");
        Slot file = emitter.frame().scratch.as("file");
        emitter.must(
                hints,
                file,
                Syscall.OPENAT,
                Operand.named("AT_FDCWD", Linux.AT_FDCWD),
                path,
                Operand.named("O_WRONLY|O_CLOEXEC", Linux.O_WRONLY | Linux.O_CLOEXEC));
        String text = Integer.toString(score);
        emitter.must(
                hints, Syscall.WRITE, Operand.of(file), emitter.builder().text(text), Operand.number(text.length()));
    }
}
