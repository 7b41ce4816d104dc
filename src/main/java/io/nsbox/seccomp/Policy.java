package io.nsbox.seccomp;

import io.nsbox.program.Arch;
import java.util.ArrayList;
import java.util.Collections;
import java.util.Comparator;
import java.util.HashSet;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.OptionalInt;
import java.util.Set;
import java.util.SortedMap;
import java.util.TreeMap;

/**
 * What a profile comes to on one architecture, for given capabilities and a given kernel.
 *
 * <p>Rules are put together as runc and libseccomp do it: a rule with the default action says nothing new; conditions of a
 * rule must all hold, but where it names an argument twice each is a rule of its own; a rule without conditions goes over
 * all others about the same system call, and the first such over later ones; else see {@link Alternative#ORDER}.
 *
 * @param arch the architecture
 * @param defaultAction what happens to system calls that no rule is about
 * @param unknownAction what happens to numbers above the largest that the profile names: as newer than the profile they
 *     are ENOSYS (as with runc), so that programs fall back to older calls, unless the default lets them be made
 * @param largest the largest number that the profile names, whether or not the rule counts here; -1 for none
 * @param treatments what happens to the others, by number
 * @param conflicts names of system calls for which the same conditions lead to different actions
 */
public record Policy(
        Arch arch,
        Action defaultAction,
        Action unknownAction,
        int largest,
        SortedMap<Integer, Treatment> treatments,
        List<String> conflicts) {
    public Policy {
        treatments = Collections.unmodifiableSortedMap(treatments);
        conflicts = List.copyOf(conflicts);
    }

    /** The rules about one system call, as they come. */
    private static final class Collected {
        private final SystemCall call;
        private final List<Alternative> alternatives = new ArrayList<>();
        private boolean conflict;
        /** What a rule without conditions says; the default action while there is none. */
        private Action otherwise;

        private boolean unconditional;

        Collected(SystemCall call, Action defaultAction) {
            this.call = call;
            this.otherwise = defaultAction;
        }

        void add(List<Condition> conditions, Action action) {
            if (unconditional) {
                return;
            }
            if (conditions.isEmpty()) {
                unconditional = true;
                otherwise = action;
                alternatives.clear();
                conflict = false;
                return;
            }
            Alternative added = new Alternative(conditions, action);
            for (Alternative known : alternatives) {
                if (known.conditions().equals(conditions)) {
                    conflict |= !known.action().equals(action);
                    return;
                }
            }
            alternatives.add(added);
        }

        Treatment treatment() {
            List<Alternative> ordered = new ArrayList<>(alternatives);
            ordered.sort(Alternative.ORDER);
            return new Treatment(call, ordered, otherwise);
        }
    }

    static Policy of(Profile profile, Surroundings where) {
        Arch arch = where.arch();
        int largest = -1;
        Map<String, Collected> calls = new LinkedHashMap<>();
        for (Rule rule : profile.rules()) {
            boolean counts = rule.counts(where) && !rule.action().equals(profile.defaultAction());
            List<List<Condition>> alternatives = counts ? alternatives(rule.conditions()) : List.of();
            for (String name : rule.names()) {
                SystemCall call = SystemCalls.find(name)
                        .orElseThrow(() -> new IllegalArgumentException("no system call is called " + name));
                OptionalInt number = call.number(arch);
                if (number.isEmpty()) {
                    continue;
                }
                largest = Math.max(largest, number.getAsInt());
                if (counts) {
                    Collected collected =
                            calls.computeIfAbsent(name, n -> new Collected(call, profile.defaultAction()));
                    alternatives.forEach(conditions -> collected.add(narrow(conditions, call), rule.action()));
                }
            }
        }
        SortedMap<Integer, Treatment> treatments = new TreeMap<>();
        List<String> conflicts = new ArrayList<>();
        calls.forEach((name, collected) -> {
            treatments.put(collected.call.number(arch).getAsInt(), collected.treatment());
            if (collected.conflict) {
                conflicts.add(name);
            }
        });
        boolean open = profile.defaultAction().isOpen() || largest < 0;
        Action unknown = open ? profile.defaultAction() : Action.UNKNOWN;
        return new Policy(arch, profile.defaultAction(), unknown, largest, treatments, conflicts);
    }

    private static List<List<Condition>> alternatives(List<Condition> conditions) {
        Set<Integer> indexes = new HashSet<>();
        for (Condition condition : conditions) {
            if (!indexes.add(condition.index())) {
                return conditions.stream().map(List::of).toList();
            }
        }
        return List.of(conditions.stream()
                .sorted(Comparator.comparingInt(Condition::index))
                .toList());
    }

    private static List<Condition> narrow(List<Condition> conditions, SystemCall call) {
        return conditions.stream()
                .map(condition -> condition.within(call.argumentMask(condition.index())))
                .toList();
    }

    /** Whether this system call is made whatever its arguments are; never for one that the architecture does not have. */
    public boolean alwaysPermits(String name) {
        OptionalInt number =
                SystemCalls.find(name).map(call -> call.number(arch)).orElse(OptionalInt.empty());
        if (number.isEmpty()) {
            return false;
        }
        Treatment treatment = treatments.get(number.getAsInt());
        if (treatment != null) {
            return treatment.alwaysPermits();
        }
        return (number.getAsInt() > largest ? unknownAction : defaultAction).permits();
    }

    /** The filter that carries it out. */
    public Filter filter() {
        return FilterAssembler.assemble(this);
    }
}
