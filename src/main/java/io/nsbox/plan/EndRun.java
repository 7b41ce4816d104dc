package io.nsbox.plan;

import io.nsbox.program.Condition;
import io.nsbox.program.Label;
import io.nsbox.program.Operand;
import io.nsbox.program.ProgramBuilder;
import io.nsbox.program.Slot;
import io.nsbox.spec.SandboxSpec;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * What a launcher does last, whichever way the run went: it writes the report and removes the control groups.
 *
 * <p>A launcher whose spec asks for neither has nothing of this.
 */
final class EndRun {
    private final Emitter emitter;
    private final ProgramBuilder b;
    private final Frame frame;
    private final SandboxSpec spec;
    private final Outcome outcome;
    private final ReportFile file;
    private final Slot back;
    private final WriteReport report;
    private final Label routine;
    private @Nullable Slot reportFolder;
    private boolean used;

    EndRun(Emitter emitter, SandboxSpec spec) {
        this.emitter = emitter;
        this.b = emitter.builder();
        this.frame = emitter.frame();
        this.spec = spec;
        outcome = new Outcome(emitter, spec);
        file = new ReportFile(emitter);
        back = b.slot("back");
        routine = b.label("end the run");
        report = new WriteReport(emitter, spec.name(), outcome, file);
    }

    /** How the run went. */
    Outcome outcome() {
        return outcome;
    }

    /** Emits that a report is wanted, in the folder that the slot holds by then. */
    void reportTo(Slot folder, String name) {
        reportFolder = folder;
        file.call(name);
        if (spec.session().init()) {
            frame.commandSignal = b.slot("signal that ended the command");
        }
    }

    /** Emits what the guard does in the place of a launcher that was killed. */
    void inGuard() {
        if (reportFolder != null) {
            Label launchers = b.label("the report is the launcher's");
            b.branch(reportFolder, Condition.EQUAL, 0, launchers);
            file.removeUnfinished(reportFolder);
            b.place(launchers);
        }
    }

    /** Emits that the report is not the guard's business: the launcher lives. */
    void leaveReport() {
        if (reportFolder != null) {
            b.set(reportFolder, 0);
        }
    }

    /** Where waitid(2) puts what the command used. */
    Operand usage() {
        return reportFolder == null ? Operand.NULL : outcome.usage.shownAs("&usage");
    }

    void usageIsKnown() {
        if (reportFolder != null) {
            b.set(outcome.usageKnown, 1);
        }
    }

    private void call() {
        used = true;
        b.callRoutine(routine, back, "the run is ended");
    }

    /** The command ran; its end is in the siginfo. The launcher's own will holds where it is not negative. */
    void afterRun(Slot forced, Slot exitStatus) {
        outcome.ofCommand(forced, exitStatus);
        call();
        b.set(exitStatus, Operand.of(outcome.status));
    }

    /** The command's end was lost. */
    void afterLoss() {
        outcome.ofLoss();
        call();
    }

    /** A step was refused, as the failure's slots tell; all refusals must be known. */
    void afterRefusal(List<NumberedStep> steps) {
        outcome.ofRefusal(steps, reportFolder != null);
        call();
    }

    /** Emits what all of these jump to. */
    void emitRoutines() {
        if (!used) {
            return;
        }
        b.section(Lowering.SUPERVISION, 0);
        b.place(routine);
        if (reportFolder != null) {
            report.emit(reportFolder);
        }
        if (emitter.usesGroups()) {
            emitter.groups().removal().call();
        }
        b.jump(back);
        if (reportFolder != null && emitter.usesGroups()) {
            report.emitRoutine();
        }
    }
}
