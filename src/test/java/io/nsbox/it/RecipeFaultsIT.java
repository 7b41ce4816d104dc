package io.nsbox.it;

import io.nsbox.testing.Identity;
import io.nsbox.testing.Requirements;
import java.util.ArrayList;
import java.util.EnumMap;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.stream.Stream;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.Arguments;
import org.junit.jupiter.params.provider.MethodSource;

/**
 * Every call of the launcher of every recipe, refused by strace(1): the message names the step, the status says so, and
 * nothing is left.
 *
 * <p>So that it does not take half an hour: of the calls that a loop makes with one record of the program (a hundred of
 * rt_sigaction(2), one for each capability, several for each masked path) the first and the last stand for all. What a recipe
 * does exactly as one before it did (same step, same call) is refused with one errno more, and not with all again.
 */
class RecipeFaultsIT {
    private static final List<String> ERRNOS =
            InjectedFaults.ERRNOS.keySet().stream().sorted().toList();

    /** For each identity, how often each call was refused, over all recipes. */
    private static final Map<Identity, Map<String, Integer>> MET = new EnumMap<>(Identity.class);

    static Stream<Arguments> recipes() {
        return Stream.of(Recipe.values())
                .flatMap(recipe -> Stream.of(Identity.values())
                        .filter(recipe::isFor)
                        .map(identity -> Arguments.of(recipe, identity)));
    }

    @ParameterizedTest(name = "{0} {1}")
    @MethodSource("recipes")
    void everyCallThatIsRefusedIsToldByItsStepAndNothingStays(Recipe recipe, Identity identity) throws Exception {
        Requirements.requireProgram("strace");
        try (Recipe.Ready ready = recipe.ready(identity)) {
            InjectedFaults faults = InjectedFaults.lookingFirst(
                    ready.workshop(), ready.launcher(), ready.plan(), ready.trace(), ready.starter());
            Leftovers before = Leftovers.now(ready.workshop().folder());
            faults.tryAll(chosen(faults, MET.computeIfAbsent(identity, each -> new HashMap<>())));
            before.assertUnchanged(ready.workshop().folder(), recipe.name());
        }
    }

    private static List<InjectedFaults.Fault> chosen(InjectedFaults faults, Map<String, Integer> met) {
        List<InjectedFaults.Fault> chosen = new ArrayList<>();
        for (InjectedFaults.Target target : firstAndLastOfEachRecord(faults.targets())) {
            String name = target.call().phase() + " "
                    + faults.stepOf(target).step().title() + " " + target.call().text();
            int times = met.merge(name, 1, Integer::sum);
            List<String> errnos = times == 1 ? ERRNOS : List.of(ERRNOS.get(times % ERRNOS.size()));
            errnos.forEach(errno -> chosen.add(new InjectedFaults.Fault(target, errno)));
        }
        return chosen;
    }

    private static List<InjectedFaults.Target> firstAndLastOfEachRecord(List<InjectedFaults.Target> targets) {
        Map<String, InjectedFaults.Target> last = new HashMap<>();
        targets.forEach(target -> last.put(record(target), target));
        Set<String> begun = new HashSet<>();
        return targets.stream()
                .filter(target -> begun.add(record(target)) || target.equals(last.get(record(target))))
                .toList();
    }

    private static String record(InjectedFaults.Target target) {
        return target.call().phase() + " " + target.call().record();
    }
}
