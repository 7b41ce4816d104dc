package io.nsbox.it;

import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeMap;
import java.util.TreeSet;
import java.util.regex.MatchResult;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import java.util.stream.Collectors;

/** Translates between strace's spelling of a call and a plan's. */
final class StraceWords {
    private static final Pattern TIME =
            Pattern.compile("\\{it_interval=\\{tv_sec=0, tv_nsec=0}, it_value=\\{tv_sec=(\\d+), tv_nsec=(\\d+)}}");
    private static final Pattern DURATION =
            Pattern.compile("\\{(?:(\\d+)d)?(?:(\\d+)h)?(?:(\\d+)m)?(?:(\\d+)s)?(?:(\\d+)ms)?}");
    private static final Pattern LIMIT = Pattern.compile("(?<=rlim_(?:cur|max)=)(\\d+)\\*1024");
    private static final Pattern UNKNOWN_CAPABILITY = Pattern.compile("0x([0-9a-f]+) /\\* CAP_\\?\\?\\? \\*/");
    private static final Pattern SIGNAL = Pattern.compile("rt_sigaction\\((SIG\\w+)");
    private static final Pattern FLAGS = Pattern.compile("[A-Z][A-Z0-9_]+(?:\\|[A-Z][A-Z0-9_]+)+");
    /** A value that only the run knows ({@code <pid>}), or memory that the call fills ({@code &path}). */
    private static final Pattern NAME = Pattern.compile("<[a-zA-Z ]+>|&\\w+(?: \\w+)*");

    /** Flags that are 0, and that only strace shows beside others. */
    private static final List<String> DEFAULTS = List.of("O_RDONLY", "AT_STATX_SYNC_AS_STAT");

    /** What is another one each time. */
    private static final List<String> VARYING = List.of(
            "<file>",
            "<length>",
            "<socket>",
            "<helper>",
            "<path>",
            "<count>",
            "<context>",
            "<tree>",
            "<target>",
            "<parent>",
            "<folder above>",
            "<device>",
            "<place>",
            "<mount>",
            "<proc>");

    /** What a launcher was given, and gives to its copy. */
    private static final Set<String> LAUNCHERS_OWN = Set.of("<arguments>", "<environment>");

    private StraceWords() {}

    /** A call of strace's as a plan would spell it. */
    static String asPlanned(String call) {
        String text = LIMIT.matcher(call)
                .replaceAll(match -> Long.toString(1024 * Long.parseLong(match.group(1))))
                .replace("RLIM64_INFINITY", "unlimited")
                .replace("AT_STATX_SYNC_AS_STAT|", "")
                .replace("MFD_ALLOW_SEALING|0x10", "MFD_ALLOW_SEALING|MFD_EXEC")
                .replace("0x2 /* LANDLOCK_RULE_??? */", "LANDLOCK_RULE_NET_PORT");
        text = UNKNOWN_CAPABILITY
                .matcher(text)
                .replaceAll(match -> Integer.toString(Integer.parseInt(match.group(1), 16)));
        text = SIGNAL.matcher(text).replaceAll(match -> "rt_sigaction(" + signal(match.group(1)));
        text = TIME.matcher(text)
                .replaceAll(match -> "{"
                        + (1000 * Long.parseLong(match.group(1)) + Long.parseLong(match.group(2)) / 1_000_000) + "ms}");
        text = text.replace("{tv_sec=0, tv_nsec=0}", "{0ms}")
                .replace(", events=0}", "}")
                .replace("{sa_handler=SIG_DFL, sa_mask=[], sa_flags=0}", "{SIG_DFL}")
                .replace("{version=_LINUX_CAPABILITY_VERSION_3, pid=0}", "{_LINUX_CAPABILITY_VERSION_3, 0}")
                .replaceAll("\\{msg_name=NULL.*?cmsg_data=\\[(\\d+)]}], msg_controllen=\\d+, msg_flags=0}", "{$1}")
                .replace("4294967295", "~0U")
                .replace("IPPROTO_IP", "0")
                .replace("umask(000)", "umask(0)")
                .replaceAll("\\{attr_set=0, attr_clr=(\\w+), propagation=[^,]*, userns_fd=0}", "{attr_clr=$1}")
                .replace("TIOCGPTPEER, 0x80102", "TIOCGPTPEER, O_RDWR|O_NOCTTY|O_CLOEXEC")
                .replace("SUID_DUMP_DISABLE", "0")
                .replace("SUID_DUMP_USER", "1")
                .replaceAll("(mknodat\\(.*, S_IFREG\\|\\d+)\\)", "$1, 0)")
                .replace("AT_EMPTY_PATH|AT_STATX_SYNC_AS_STAT", "AT_EMPTY_PATH")
                .replace("AT_STATX_SYNC_AS_STAT|AT_EMPTY_PATH", "AT_EMPTY_PATH")
                .replace("AT_STATX_SYNC_AS_STAT", "0")
                .replaceAll(", stack=NULL, stack_size=0}( => \\{pidfd=\\[\\d+]})?", "}")
                .replaceAll("clone\\(child_stack=NULL, flags=(\\w+)\\)", "clone($1, NULL, NULL, NULL, NULL)")
                .replaceAll("0x[0-9a-f]+ /\\* \\d+ vars? \\*/", "environment");
        return sortFlags(text)
                .replaceAll(
                        "(, attr_clr=0, propagation=0 /\\* MS_\\?\\?\\? \\*/, userns_fd=0|, attr_clr=0, propagation=0, userns_fd=0)}",
                        "}");
    }

    /**
     * Whether a plan's call says what strace's does.
     *
     * @param values what each name of the plan stands for; what this call shows is added
     * @param blind whether strace may show an address where it could not read the memory
     */
    static boolean matches(String plan, String real, Map<String, String> values, boolean blind) {
        List<String> planned = arguments(sortFlags(DURATION.matcher(plan).replaceAll(StraceWords::milliseconds)));
        List<String> made = arguments(real);
        if (planned.size() != made.size()) {
            return false;
        }
        for (int i = 0; i < made.size(); i++) {
            boolean unread = blind && made.get(i).matches("0x[0-9a-f]+");
            if (!unread && !argumentMatches(planned.get(i), made.get(i), values)) {
                return false;
            }
        }
        return true;
    }

    /** Where names repeat, they must stand for the same value; where they are known, for that one. */
    private static boolean argumentMatches(String plan, String real, Map<String, String> values) {
        StringBuilder pattern = new StringBuilder();
        Map<String, Integer> groups = new TreeMap<>();
        Matcher name = NAME.matcher(plan);
        int at = 0;
        while (name.find()) {
            pattern.append(Pattern.quote(plan.substring(at, name.start())));
            String known = values.get(name.group());
            if (known != null) {
                pattern.append(Pattern.quote(known));
            } else if (name.group().equals("<folder of PATH>")) {
                pattern.append("[^\"]+");
            } else if (LAUNCHERS_OWN.contains(name.group())) {
                pattern.append(".+");
            } else if (name.group().startsWith("<")) {
                groups.put(name.group(), groups.size() + 1);
                pattern.append("(-?\\d+)");
            } else {
                pattern.append(".*");
            }
            at = name.end();
        }
        pattern.append(Pattern.quote(plan.substring(at)));
        Matcher matcher = Pattern.compile(pattern.toString(), Pattern.DOTALL).matcher(real);
        if (!matcher.matches()) {
            return false;
        }
        groups.forEach((each, index) -> {
            if (!VARYING.contains(each)) {
                values.put(each, matcher.group(index));
            }
        });
        return true;
    }

    /** A call's name, then its arguments; a comma inside quotes or brackets does not divide. */
    private static List<String> arguments(String call) {
        List<String> parts = new ArrayList<>();
        StringBuilder part = new StringBuilder();
        boolean quoted = false;
        int depth = 0;
        for (int i = 0; i < call.length(); i++) {
            char c = call.charAt(i);
            if (quoted && c == '\\') {
                part.append(c).append(call.charAt(++i));
                continue;
            }
            quoted ^= c == '"';
            depth += quoted ? 0 : "([{".indexOf(c) >= 0 ? 1 : ")]}".indexOf(c) >= 0 ? -1 : 0;
            boolean opens = depth == 1 && c == '(' && parts.isEmpty();
            boolean divides = depth == 1 && c == ',' && !quoted;
            if (opens || divides || depth == 0 && c == ')') {
                parts.add(part.toString().strip());
                part.setLength(0);
            } else {
                part.append(c);
            }
        }
        return parts;
    }

    private static String milliseconds(MatchResult duration) {
        long[] factors = {86_400_000, 3_600_000, 60_000, 1_000, 1};
        long sum = 0;
        boolean any = false;
        for (int i = 0; i < factors.length; i++) {
            if (duration.group(i + 1) != null) {
                sum += factors[i] * Long.parseLong(duration.group(i + 1));
                any = true;
            }
        }
        return any ? "{" + sum + "ms}" : Matcher.quoteReplacement(duration.group());
    }

    private static String sortFlags(String text) {
        return FLAGS.matcher(text)
                .replaceAll(match -> new TreeSet<>(Arrays.asList(match.group().split("\\|")))
                        .stream().filter(flag -> !DEFAULTS.contains(flag)).collect(Collectors.joining("|")));
    }

    private static int signal(String name) {
        if (name.equals("SIGRTMIN")) {
            return 32;
        }
        if (name.startsWith("SIGRT_")) {
            return 32 + Integer.parseInt(name.substring(6));
        }
        return io.nsbox.spec.Signal.parse(name).orElseThrow().number();
    }
}
