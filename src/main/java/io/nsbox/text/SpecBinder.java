package io.nsbox.text;

import io.nsbox.diag.Code;
import io.nsbox.diag.Printable;
import io.nsbox.diag.Severity;
import io.nsbox.spec.FileSystem;
import io.nsbox.spec.IdMap;
import io.nsbox.spec.InheritEnv;
import io.nsbox.spec.Key;
import io.nsbox.spec.Namespace;
import io.nsbox.spec.NetworkMode;
import io.nsbox.spec.Propagation;
import io.nsbox.spec.SandboxSpec;
import io.nsbox.spec.Session;
import io.nsbox.spec.Signal;
import io.nsbox.spec.Tty;
import io.nsbox.spec.Variable;
import io.nsbox.text.YamlNode.Entry;
import io.nsbox.text.YamlNode.Mapping;
import java.time.Duration;
import java.util.Arrays;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.function.Function;
import java.util.stream.Collectors;
import org.jspecify.annotations.Nullable;

/**
 * Makes the record from the root map.
 *
 * <p>It always makes one: where a problem was reported the language's default stands, so that all other parts can be
 * checked too.
 */
final class SpecBinder {
    private static final Duration DEFAULT_GRACE_PERIOD = Duration.ofSeconds(10);
    private static final Map<String, Propagation> PROPAGATIONS = words(Propagation.values(), Propagation::word);
    private static final Map<String, NetworkMode> NETWORK_MODES = words(NetworkMode.values(), NetworkMode::word);

    private final Binding binding;

    private int version = 1;
    private String name;
    private @Nullable String description;
    private Set<Namespace> namespaces = Set.of();
    private Map<Namespace, String> joins = Map.of();
    private @Nullable String hostname;
    private @Nullable String domainname;
    private boolean mountProc;
    private Propagation propagation = Propagation.PRIVATE;
    private @Nullable IdMap uidMap;
    private @Nullable IdMap gidMap;
    private NetworkMode network = NetworkMode.LOOPBACK;
    private List<Variable> environment = List.of();
    private @Nullable InheritEnv inheritEnv;
    private @Nullable String workingDir;
    private List<String> command = List.of();
    private boolean noNewPrivileges = true;
    private Signal stopSignal = Signal.TERM;
    private Duration stopGracePeriod = DEFAULT_GRACE_PERIOD;
    private @Nullable Duration timeout;
    private boolean init;
    private Tty tty = Tty.AUTO;
    private @Nullable String report;
    private final PathReader paths;
    private final FileSystemReader fileSystem;
    private final ConfinementReader confinement;

    private SpecBinder(Binding binding, String defaultName, PathReader paths) {
        this.binding = binding;
        this.paths = paths;
        this.fileSystem = new FileSystemReader(binding, paths);
        this.confinement = new ConfinementReader(binding, paths);
        this.name = defaultName;
    }

    /**
     * Binds the root map of a spec.
     *
     * @param defaultName the sandbox's name unless the spec gives one
     * @param paths what paths are relative to
     */
    static SandboxSpec bind(Mapping root, String defaultName, Binding binding, PathReader paths) {
        SpecBinder binder = new SpecBinder(binding, defaultName, paths);
        for (Entry entry : root.entries()) {
            binder.entry(entry);
        }
        if (root.find(Key.NAMESPACES.word()).isEmpty() && !binding.isMeant(Key.NAMESPACES)) {
            binding.report(io.nsbox.diag.Diagnostic.at(
                            Severity.ERROR,
                            Code.MISSING_KEY,
                            root.place().span(),
                            "",
                            "the key 'namespaces' is missing")
                    .withHelp("list the namespaces that the sandbox gets, such as namespaces: [user, pid, mount]"));
        }
        // A keyword for one of the maps goes for both; ranges say nothing about the other.
        IdMap uids = binder.uidMap;
        IdMap gids = binder.gidMap;
        if (root.find(Key.UID_MAP.word()).isEmpty() && gids instanceof IdMap.Keyword) {
            uids = gids;
        } else if (root.find(Key.GID_MAP.word()).isEmpty() && uids instanceof IdMap.Keyword) {
            gids = uids;
        }
        return binder.spec(uids, gids);
    }

    private void entry(Entry entry) {
        String word = entry.key().text();
        if (Binding.isNote(word)) {
            return;
        }
        Optional<Key> key = Key.find(word);
        if (key.isEmpty()) {
            unknown(entry);
            return;
        }
        if (!key.get().isSupported()) {
            binding.error(
                    Code.NOT_SUPPORTED,
                    entry.key(),
                    word,
                    "'" + word + "' is not supported yet",
                    "the key is reserved for a later version; remove it");
            return;
        }
        binding.entry(word, entry);
        read(key.get(), entry.value());
    }

    private void unknown(Entry entry) {
        String word = entry.key().text();
        // The search is the dear part, and nobody reads the thousandth suggestion.
        Optional<String> meant = binding.diagnostics().isFull()
                ? Optional.empty()
                : Key.bySynonym(word).map(Key::word).or(() -> Suggestion.nearest(word, Key.words()));
        meant.flatMap(Key::find).ifPresent(binding::meant);
        String help = meant.map(m -> "did you mean '" + m + "'?"
                        + (Key.find(m).filter(Key::isSupported).isPresent() ? "" : " (not supported yet)"))
                .orElse("`nsbox schema` lists the keys; a key that starts with 'x-' is ignored");
        binding.error(Code.UNKNOWN_KEY, entry.key(), Printable.of(word), "unknown key " + Printable.quote(word), help);
    }

    private void read(Key key, YamlNode node) {
        String path = key.word();
        switch (key) {
            case VERSION ->
                binding.integer(node, path)
                        .ifPresent(v -> version = (int) Math.max(Integer.MIN_VALUE, Math.min(Integer.MAX_VALUE, v)));
            case NAME -> binding.text(node, path).ifPresent(v -> name = v);
            case DESCRIPTION -> description(node, path);
            case NAMESPACES -> {
                NamespacesReader reader = new NamespacesReader(binding, paths);
                namespaces = reader.read(node, path);
                joins = reader.joins();
            }
            case HOSTNAME -> hostname = binding.text(node, path).orElse(null);
            case DOMAINNAME -> domainname = binding.text(node, path).orElse(null);
            case MOUNT_PROC -> binding.bool(node, path).ifPresent(v -> mountProc = v);
            case PROPAGATION -> binding.choice(node, path, PROPAGATIONS).ifPresent(v -> propagation = v);
            case UID_MAP -> uidMap = new IdMapReader(binding).read(node, path).orElse(null);
            case GID_MAP -> gidMap = new IdMapReader(binding).read(node, path).orElse(null);
            case NETWORK -> network(node, path);
            case ENVIRONMENT -> environment = new EnvironmentReader(binding).environment(node, path);
            case INHERIT_ENV ->
                new EnvironmentReader(binding).inheritEnv(node, path).ifPresent(v -> inheritEnv = v);
            case WORKING_DIR -> workingDir = binding.text(node, path).orElse(null);
            case COMMAND -> command = new CommandReader(binding).read(node, path);
            case NO_NEW_PRIVILEGES -> binding.bool(node, path).ifPresent(v -> noNewPrivileges = v);
            case INIT -> binding.bool(node, path).ifPresent(v -> init = v);
            case TTY -> new TtyReader(binding).read(node, path).ifPresent(v -> tty = v);
            case STOP_SIGNAL -> stopSignal(node, path);
            case STOP_GRACE_PERIOD ->
                new DurationReader(binding).read(node, path).ifPresent(v -> stopGracePeriod = v);
            case TIMEOUT ->
                timeout = new DurationReader(binding).read(node, path).orElse(null);
            case REPORT -> report = report(node, path);
            default -> {
                if (!fileSystem.read(key, node, path) && !confinement.read(key, node, path)) {
                    throw new IllegalStateException("a supported key without a reader: " + path);
                }
            }
        }
    }

    /** Prose may hold anything, also what would be a variable elsewhere. */
    private void description(YamlNode node, String path) {
        if (node instanceof YamlNode.Scalar scalar && scalar.type() == YamlNode.ScalarType.TEXT) {
            description = binding.word(node, path).orElse(null);
        } else {
            binding.text(node, path);
        }
    }

    private void network(YamlNode node, String path) {
        if (node instanceof Mapping) {
            binding.error(
                    Code.NOT_SUPPORTED,
                    node,
                    path,
                    "bridges, addresses and ports are not supported yet",
                    "write loopback or down");
            return;
        }
        binding.choice(node, path, NETWORK_MODES).ifPresent(v -> network = v);
    }

    private @Nullable String report(YamlNode node, String path) {
        Optional<String> file = paths.host(node, path);
        if (file.isPresent() && (file.get().endsWith("/") || file.get().endsWith("/.."))) {
            binding.error(
                    Code.INVALID_VALUE,
                    node,
                    path,
                    "'report' names a folder",
                    "name the file that is written, such as ./report.json");
            return null;
        }
        return file.orElse(null);
    }

    private void stopSignal(YamlNode node, String path) {
        Optional<String> word = binding.word(node, path);
        if (word.isEmpty()) {
            return;
        }
        Optional<Signal> signal = Signal.parse(word.get());
        if (signal.isPresent()) {
            stopSignal = signal.get();
            return;
        }
        String upper = word.get().toUpperCase(java.util.Locale.ROOT);
        String near = Suggestion.nearest(upper.startsWith("SIG") ? upper : "SIG" + upper, Signal.names())
                .map(n -> "did you mean '" + n + "'?")
                .orElse("write a name such as SIGTERM or SIGRTMIN+1, or a number from 1 to " + Signal.HIGHEST);
        binding.error(Code.UNKNOWN_VALUE, node, path, "no signal is called " + Printable.quote(word.get()), near);
    }

    private SandboxSpec spec(@Nullable IdMap uids, @Nullable IdMap gids) {
        FileSystem files = fileSystem.fileSystem();
        InheritEnv usual = files.rootfs() == null ? InheritEnv.DEFAULT : InheritEnv.DEFAULT_WITH_ROOTFS;
        return new SandboxSpec(
                version,
                name,
                description,
                namespaces,
                joins,
                hostname,
                domainname,
                mountProc,
                propagation,
                uids,
                gids,
                network,
                environment,
                inheritEnv == null ? usual : inheritEnv,
                workingDir,
                command,
                noNewPrivileges,
                stopSignal,
                stopGracePeriod,
                timeout,
                files,
                confinement.confinement(),
                new Session(init, tty),
                report);
    }

    private static <T> Map<String, T> words(T[] values, Function<T, String> word) {
        return Arrays.stream(values).collect(Collectors.toMap(word, v -> v, (a, b) -> a, LinkedHashMap::new));
    }
}
