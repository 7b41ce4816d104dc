package io.nsbox.plan;

import io.nsbox.seccomp.Profile;
import io.nsbox.spec.CapabilitiesInForce;
import io.nsbox.spec.Confinement;
import io.nsbox.spec.IdMap;
import io.nsbox.spec.IdRange;
import io.nsbox.spec.LoadedSpec;
import io.nsbox.spec.Namespace;
import io.nsbox.spec.NetworkMode;
import io.nsbox.spec.Origins;
import io.nsbox.spec.SandboxSpec;
import io.nsbox.spec.Session;
import io.nsbox.spec.Sysctls;
import io.nsbox.spec.Tty;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.Set;

/**
 * Decides which steps a sandbox takes and in which order; the reasons for the order stand in docs/design.
 *
 * <p>Pure: the same spec and the same ranges give the same plan.
 */
public final class Planner {
    /**
     * The caller's ranges of /etc/subuid and /etc/subgid, which {@code auto} maps.
     *
     * @param uids in the file's order, laid out from inside id 1
     * @param gids likewise
     */
    public record Subordinates(List<IdRange> uids, List<IdRange> gids) {
        /** No ranges at all. */
        public static final Subordinates NONE = new Subordinates(List.of(), List.of());

        public Subordinates {
            uids = List.copyOf(uids);
            gids = List.copyOf(gids);
        }
    }

    /**
     * Plans one more command in a sandbox that runs: confined as the spec says, in the namespaces of that sandbox.
     *
     * @param loaded the spec that the sandbox was started from, with the command to run
     * @param atTerminal whether the caller insists on a terminal
     */
    public static Plan entry(LoadedSpec loaded, SandboxProcess sandbox, boolean atTerminal) {
        // Pipes stay pipes, whatever the spec wants for its own command; and the sandbox has its init already.
        boolean never = loaded.spec().session().tty() == Tty.FALSE && !atTerminal;
        LoadedSpec entered = loaded.with(loaded.spec().with(new Session(false, never ? Tty.FALSE : Tty.AUTO)));
        Planner planner = new Planner(entered, Subordinates.NONE, Optional.empty());
        planner.enter(sandbox, atTerminal);
        planner.command();
        return Plan.of(entered.spec().withoutNamespaces(), loaded.file(), planner.steps);
    }

    private final LoadedSpec loaded;
    private final SandboxSpec spec;
    private final Confinement confinement;
    private final CredentialPlan credentials;
    private final Origins origins;
    private final Subordinates subordinates;
    private final DevSteps dev;
    private final Optional<Registration> registration;
    private final List<Step> steps = new ArrayList<>();

    private Planner(LoadedSpec loaded, Subordinates subordinates, Optional<Registration> registration) {
        this.registration = registration;
        this.loaded = loaded;
        this.spec = loaded.spec();
        this.confinement = spec.confinement();
        this.credentials = new CredentialPlan(loaded);
        this.origins = loaded.origins();
        this.subordinates = subordinates;
        this.dev = new DevSteps(loaded);
    }

    /** Plans a sandbox; the spec must have a command. */
    public static Plan plan(LoadedSpec loaded, Subordinates subordinates) {
        return plan(loaded, subordinates, Optional.empty());
    }

    /** Plans a sandbox that others find by its name. */
    public static Plan plan(LoadedSpec loaded, Subordinates subordinates, Optional<Registration> registration) {
        boolean detached = registration.map(Registration::detached).orElse(false);
        LoadedSpec planned = detached ? loaded.with(loaded.spec().withoutTerminal()) : loaded;
        Planner planner = new Planner(planned, subordinates, registration);
        planner.launcher();
        planner.setUp();
        planner.command();
        return Plan.of(planned.spec(), planned.file(), planner.steps);
    }

    private Step rememberTerminal(boolean ofHost) {
        return new RememberTerminal(
                spec.session().tty(),
                ofHost,
                Optional.ofNullable(spec.has(Namespace.USER) ? null : confinement.user()),
                origins.key("tty"));
    }

    private void launcher() {
        if (SealLauncher.isNeeded(spec)) {
            steps.add(new SealLauncher());
        }
        steps.add(new CloseInheritedFiles());
        Optional<Registration> detached = registration.filter(Registration::detached);
        detached.ifPresent(one -> steps.add(new DetachLauncher(one.name())));
        registration.ifPresent(one -> steps.add(new RegisterSandbox(one)));
        spec.reportFile().ifPresent(file -> steps.add(new OpenReport(file, origins.key("report"))));
        steps.add(rememberTerminal(!FileSteps.hasDevpts(spec)));
        steps.add(new TakeSignals());
        detached.ifPresent(one -> steps.add(new KeepLog(one)));
        steps.add(new OpenReportChannel());
        spec.timeLimit().ifPresent(limit -> steps.add(new StartClock(limit, origins.key("timeout"))));
        if (credentials.needCaller()) {
            steps.add(new ReadCaller());
        }
        if (isLimited()) {
            steps.addAll(limits().beforeClone());
        }
        steps.addAll(new NamespacePlan(loaded).steps());
        steps.add(new TieToLauncher());
    }

    private boolean isLimited() {
        return !confinement.limits().isNone();
    }

    private LimitSteps limits() {
        return new LimitSteps(confinement.limits(), origins);
    }

    private void enter(SandboxProcess sandbox, boolean atTerminal) {
        steps.add(new CloseInheritedFiles());
        if (atTerminal) {
            steps.add(new RequireTerminal());
        }
        Optional<String> devpts = FileSteps.devpts(spec);
        steps.add(rememberTerminal(devpts.isEmpty()));
        steps.add(new TakeSignals());
        steps.add(new OpenReportChannel());
        if (credentials.needCaller()) {
            steps.add(new ReadCaller());
        }
        boolean anyNamespace = !sandbox.namespaces().isEmpty();
        if (anyNamespace || isLimited()) {
            steps.add(new StartStage());
            steps.add(new HoldSandbox(spec.name(), sandbox));
            if (isLimited()) {
                // Before the namespaces: inside, other groups may be in sight, or none.
                steps.add(limits().enter(spec.name(), sandbox));
            }
            if (confinement.oomScoreAdj() != null) {
                steps.add(oomScore(confinement.oomScoreAdj(), true));
            }
            if (anyNamespace) {
                steps.add(new EnterSandbox(spec.name(), sandbox.namespaces().keySet()));
            }
            steps.add(new StartFromStage(Set.of(), Optional.empty()));
        } else {
            steps.add(new CloneNamespaces(Set.of(), false, Optional.empty()));
        }
        steps.add(new TieToLauncher());
        List<Step> privileged = privileged();
        if (anyNamespace || isLimited()) {
            privileged.removeIf(SetOomScore.class::isInstance);
        }
        steps.addAll(privileged);
        // Also for nothing else than that the launcher knows who it is before it says something.
        steps.add(new AwaitLauncher(true, false, false));
        steps.add(new MakeUndumpable(false));
        steps.add(new JoinSessionKeyring());
        if (spec.session().mayHaveTerminal() && devpts.isPresent()) {
            if (SetUpAsRoot.isNeeded(spec)) {
                // Who is not mapped cannot give the terminal away.
                steps.add(SetUpAsRoot.of(origins));
            }
            steps.add(new OpenTerminal(devpts.get(), Optional.ofNullable(confinement.user()), origins.key("tty")));
        }
    }

    private void setUp() {
        List<Step> early = new ArrayList<>(names());
        List<Step> files = new ArrayList<>(files());
        if (spec.makes(Namespace.MOUNT)) {
            early.add(files.remove(0));
        }
        // What needs no id inside is done while the launcher writes the maps and sets the guard. Not beside strangers,
        // who could trace a process that is dumpable.
        boolean alone = spec.joins().isEmpty();
        if (alone) {
            steps.addAll(early);
        }
        identity();
        if (!alone) {
            steps.addAll(early);
        }
        sysctls(files);
        steps.addAll(files);
    }

    /** Before anything is mounted, but after who the process becomes for that: the kernel lets 0 inside set those of ipc. */
    private void sysctls(List<Step> files) {
        List<Step> sysctls = new ArrayList<>();
        confinement
                .sysctls()
                .forEach((name, value) -> sysctls.add(
                        new SetSysctl(name, value, spec.has(Namespace.USER), origins.key("sysctls." + name))));
        boolean ofIpc = confinement.sysctls().keySet().stream()
                .flatMap(name -> Sysctls.namespaceOf(name).stream())
                .anyMatch(Namespace.IPC::equals);
        if (!ofIpc || !SetUpAsRoot.isNeeded(spec)) {
            steps.addAll(sysctls);
            return;
        }
        SetUpAsRoot asRoot = SetUpAsRoot.of(origins);
        if (!files.contains(asRoot)) {
            files.add(0, asRoot);
        }
        files.addAll(files.indexOf(asRoot) + 1, sysctls);
    }

    private void identity() {
        List<WriteIdMap> maps = new ArrayList<>();
        if (spec.gidMap() != null) {
            maps.add(idMap(IdKind.GID, spec.gidMap(), subordinates.gids()));
        }
        if (spec.uidMap() != null) {
            maps.add(idMap(IdKind.UID, spec.uidMap(), subordinates.uids()));
        }
        steps.addAll(maps);
        List<Step> privileged = new ArrayList<>(privileged());
        if (NamespacePlan.entersAmongOthers(spec)) {
            // Done by the process that prepares the namespaces.
            privileged.removeIf(SetOomScore.class::isInstance);
        }
        if (isLimited()) {
            privileged.add(limits().join());
        }
        steps.addAll(privileged);
        boolean guarded = spec.makes(Namespace.PID);
        if (guarded) {
            steps.add(new GuardSandbox());
        }
        // Another process tells the launcher who the sandbox's is: a terminal may not be told before that.
        boolean staged = !spec.joins().isEmpty() || confinement.timeOffsets() != null;
        boolean tells = staged && spec.session().mayHaveTerminal() && FileSteps.hasDevpts(spec);
        if (guarded || tells || !maps.isEmpty() || !privileged.isEmpty()) {
            boolean always =
                    guarded || tells || !privileged.isEmpty() || !maps.stream().allMatch(WriteIdMap::isForAnyCaller);
            steps.add(new AwaitLauncher(always, !maps.isEmpty(), guarded));
        }
        if (isLimited() && spec.makes(Namespace.CGROUP)) {
            steps.add(new EnterCgroupNamespace(origins.value(namespacePath(Namespace.CGROUP))));
        }
        steps.add(new MakeUndumpable(false));
        steps.add(new JoinSessionKeyring());
    }

    /** What the launcher does for the waiting process, because the caller's privilege counts. */
    private List<Step> privileged() {
        List<Step> privileged = new ArrayList<>();
        confinement.ulimits().forEach((limit, value) -> {
            // Nobody's hard limit is lower than 0.
            if (value.hard() != 0) {
                privileged.add(new RaiseUlimit(limit, value, origins.key("ulimits." + limit.word())));
            }
        });
        if (confinement.nice() != null) {
            privileged.add(new SetNice(confinement.nice(), origins.key("nice")));
        }
        if (confinement.oomScoreAdj() != null) {
            privileged.add(oomScore(confinement.oomScoreAdj(), false));
        }
        return privileged;
    }

    private Step oomScore(int score, boolean inherited) {
        return new SetOomScore(score, inherited, origins.key("oom_score_adj"));
    }

    private WriteIdMap idMap(IdKind kind, IdMap map, List<IdRange> ranges) {
        String own = kind.word() + "_map";
        String other = kind == IdKind.UID ? "gid_map" : "uid_map";
        // A map that follows from the other's keyword has no line of its own.
        return new WriteIdMap(
                kind, IdMapLine.of(dev.first(map), ranges), origins.key(own).or(() -> origins.key(other)));
    }

    private List<Step> names() {
        List<Step> names = new ArrayList<>();
        if (spec.hostname() != null) {
            names.add(new SetHostname(spec.hostname(), origins.key("hostname")));
        }
        if (spec.domainname() != null) {
            names.add(new SetDomainname(spec.domainname(), origins.key("domainname")));
        }
        if (spec.makes(Namespace.NETWORK) && spec.network() == NetworkMode.LOOPBACK) {
            names.add(new BringLoopbackUp(
                    origins.key("network").or(() -> origins.value(namespacePath(Namespace.NETWORK)))));
        }
        return names;
    }

    private String namespacePath(Namespace namespace) {
        for (int i = 0; i < Namespace.values().length; i++) {
            String path = "namespaces[" + i + "]";
            boolean stands = origins.value(path)
                    .map(span ->
                            textOf(span.text(), span.column(), span.length()).contains(namespace.word()))
                    .orElse(false);
            if (stands) {
                return path;
            }
        }
        return "namespaces";
    }

    private static String textOf(String line, int column, int length) {
        int from = line.offsetByCodePoints(0, Math.min(column - 1, line.codePointCount(0, line.length())));
        int to = Math.min(line.length(), from + length);
        return line.substring(from, to);
    }

    private List<Step> files() {
        List<Step> files = new ArrayList<>();
        if (spec.joins().containsKey(Namespace.MOUNT)) {
            files.add(new JoinNamespace(Namespace.MOUNT, NamespacePlan.cause(origins, Namespace.MOUNT)));
        }
        files.addAll(FileSteps.of(
                spec,
                origins,
                dev,
                origins.key("propagation").or(() -> origins.value(namespacePath(Namespace.MOUNT)))));
        return files;
    }

    private void command() {
        if (spec.workingDir() != null) {
            steps.add(new ChangeDirectory(spec.workingDir(), origins.key("working_dir")));
        }
        if (confinement.umask() != null) {
            steps.add(new SetUmask(confinement.umask(), origins.key("umask")));
        }
        steps.add(new PassEnvironment(
                spec.inheritEnv(),
                spec.environment(),
                origins.key("environment").or(() -> origins.key("inherit_env"))));
        steps.addAll(credentials.steps());
        if (spec.noNewPrivileges()) {
            steps.add(new SetNoNewPrivileges(origins.key("no_new_privileges")));
        }
        steps.add(new CloseOnExec());
        if (confinement.landlock() != null) {
            steps.add(new RestrictByLandlock(confinement.landlock(), origins.key("landlock")));
        }
        if (spec.session().init()) {
            steps.add(new StartInit(origins.key("init")));
        }
        // After everything that opens files or takes memory for the set-up itself.
        confinement
                .ulimits()
                .forEach((limit, value) ->
                        steps.add(new SetUlimit(limit, value, origins.key("ulimits." + limit.word()))));
        steps.add(new ReleaseSignals());
        boolean underLandlock =
                confinement.landlock() != null && confinement.landlock().restrictsFiles();
        Profile seccomp = confinement.seccomp();
        Execute execute = new Execute(spec.command(), seccomp != null, underLandlock, origins.key("command"));
        if (seccomp != null) {
            steps.add(new FindCommand(execute));
            steps.add(new LoadSeccomp(seccomp, CapabilitiesInForce.of(spec), origins.key("seccomp")));
        }
        steps.add(execute);
    }
}
