package io.nsbox.cli;

import io.nsbox.diag.Span;
import io.nsbox.plan.NumberedStep;
import io.nsbox.plan.Phase;
import io.nsbox.plan.Plan;
import io.nsbox.plan.Trace;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import org.jspecify.annotations.Nullable;
import tools.jackson.databind.SerializationFeature;
import tools.jackson.databind.json.JsonMapper;

/** Writes a plan for programs. */
final class PlanJson {
    private PlanJson() {}

    /**
     * One object: the sandbox's name and file, its steps with their causes, and the system calls in the order in which they
     * are made, each with its step and where it runs.
     */
    static String print(Plan plan, Trace trace) {
        Map<String, @Nullable Object> all = new LinkedHashMap<>();
        all.put("name", plan.spec().name());
        all.put("file", plan.file());
        all.put("missing_targets", trace.withoutTargets());
        all.put("steps", plan.steps().stream().map(step -> step(step, trace)).toList());
        List<Map<String, Object>> calls = new ArrayList<>();
        for (Trace.TracedCall call : trace.calls()) {
            Map<String, Object> entry = call(call);
            entry.put("step", call.step());
            calls.add(entry);
        }
        all.put("syscalls", calls);
        JsonMapper mapper =
                JsonMapper.builder().enable(SerializationFeature.INDENT_OUTPUT).build();
        return mapper.writeValueAsString(all) + "\n";
    }

    private static Map<String, @Nullable Object> step(NumberedStep numbered, Trace trace) {
        Map<String, @Nullable Object> entry = new LinkedHashMap<>();
        entry.put("number", numbered.number());
        entry.put("title", numbered.step().title());
        entry.put("cause", numbered.step().cause().map(PlanJson::cause).orElse(null));
        entry.put(
                "syscalls",
                trace.calls().stream()
                        .filter(call -> call.step() == numbered.number())
                        .map(PlanJson::call)
                        .toList());
        return entry;
    }

    private static Map<String, Object> cause(Span span) {
        Map<String, Object> entry = new LinkedHashMap<>();
        entry.put("file", span.file());
        entry.put("line", span.line());
        entry.put("column", span.column());
        entry.put("text", span.text());
        return entry;
    }

    private static Map<String, Object> call(Trace.TracedCall call) {
        Map<String, Object> entry = new LinkedHashMap<>();
        entry.put("phase", phase(call.phase()));
        entry.put("name", call.syscall().word());
        entry.put("text", call.text());
        return entry;
    }

    private static String phase(Phase phase) {
        return phase.name().toLowerCase(Locale.ROOT);
    }
}
