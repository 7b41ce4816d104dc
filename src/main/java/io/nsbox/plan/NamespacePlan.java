package io.nsbox.plan;

import io.nsbox.diag.Span;
import io.nsbox.spec.LoadedSpec;
import io.nsbox.spec.Namespace;
import io.nsbox.spec.Origins;
import io.nsbox.spec.SandboxSpec;
import io.nsbox.spec.TimeOffsets;
import java.util.ArrayList;
import java.util.EnumSet;
import java.util.List;
import java.util.Optional;
import java.util.Set;

/**
 * Decides how the sandbox's first process comes into its namespaces: by one call, or, where some are joined or clocks are
 * shifted, through a process that prepares them.
 */
record NamespacePlan(LoadedSpec loaded) {
    /**
     * The order of setns(2): a joined user namespace comes first, because it gives the right over the others. The mount
     * namespace is no part of it, see {@link JoinNamespace}.
     */
    private static final List<Namespace> ORDER = List.of(
            Namespace.USER,
            Namespace.CGROUP,
            Namespace.IPC,
            Namespace.UTS,
            Namespace.NETWORK,
            Namespace.PID,
            Namespace.TIME);

    List<Step> steps() {
        SandboxSpec spec = loaded.spec();
        Origins origins = loaded.origins();
        List<Step> steps = new ArrayList<>();
        spec.joins()
                .forEach((namespace, path) ->
                        steps.add(new OpenNamespace(namespace, absolute(path), cause(origins, namespace))));
        Set<Namespace> made = EnumSet.noneOf(Namespace.class);
        spec.namespaces().stream().filter(spec::makes).forEach(made::add);
        if (!spec.confinement().limits().isNone()) {
            // Made once the process is in its group: see EnterCgroupNamespace.
            made.remove(Namespace.CGROUP);
        }
        List<Namespace> entered =
                ORDER.stream().filter(spec.joins()::containsKey).toList();
        TimeOffsets offsets = spec.confinement().timeOffsets();
        if (entered.isEmpty() && offsets == null) {
            steps.add(new CloneNamespaces(made, false, origins.key("namespaces")));
            return steps;
        }
        steps.add(new StartStage());
        if (entersAmongOthers(spec)) {
            Integer score = spec.confinement().oomScoreAdj();
            if (score != null) {
                steps.add(new SetOomScore(score, true, origins.key("oom_score_adj")));
            }
            if (offsets != null) {
                steps.add(new OpenClocks(origins.key("time_offsets")));
            }
            steps.add(new MakeUndumpable(true));
        }
        entered.forEach(namespace -> steps.add(new JoinNamespace(namespace, cause(origins, namespace))));
        if (offsets != null) {
            steps.add(new ShiftClocks(offsets, spec.makes(Namespace.USER), origins.key("time_offsets")));
            made.removeAll(EnumSet.of(Namespace.TIME, Namespace.USER));
        }
        steps.add(new StartFromStage(made, origins.key("namespaces")));
        return steps;
    }

    /** Whether others may have rights over a process of the sandbox, or see it, before it is the command. */
    static boolean entersAmongOthers(SandboxSpec spec) {
        return spec.joins().containsKey(Namespace.USER) || spec.joins().containsKey(Namespace.PID);
    }

    /** Where the spec names the namespace that is joined. */
    static Optional<Span> cause(Origins origins, Namespace namespace) {
        for (int i = 0; i < Namespace.values().length; i++) {
            Optional<Span> span = origins.key("namespaces[" + i + "]." + namespace.word());
            if (span.isPresent()) {
                return span;
            }
        }
        return origins.key("namespaces");
    }

    /** Host paths are relative to the spec's folder. */
    private String absolute(String path) {
        if (path.startsWith("/")) {
            return path;
        }
        String spec = loaded.inputs().get(0).path();
        return spec.substring(0, spec.lastIndexOf('/') + 1) + path;
    }
}
