package io.nsbox.cli;

import io.nsbox.diag.Diagnostic;
import io.nsbox.host.Account;
import io.nsbox.host.CallerFacts;
import io.nsbox.host.HostFile;
import io.nsbox.host.HostTree;
import io.nsbox.host.Reading;
import io.nsbox.host.SubIdRange;
import io.nsbox.host.SubIdRanges;
import io.nsbox.plan.Planner;
import io.nsbox.spec.IdMap;
import io.nsbox.spec.IdRange;
import io.nsbox.spec.LoadedSpec;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;

/**
 * What {@code uid_map: auto} and {@code gid_map: auto} stand for on this machine.
 *
 * @param ranges the caller's ranges, laid out from inside id 1
 * @param files the files that say so
 * @param problems what keeps {@code auto} from working
 */
record SubordinateIds(Planner.Subordinates ranges, List<HostFile> files, List<Diagnostic> problems) {

    /** Nothing is read where the spec does not say {@code auto}. */
    static SubordinateIds of(LoadedSpec spec, HostTree host) {
        boolean uids = spec.spec().uidMap() == IdMap.Keyword.AUTO;
        boolean gids = spec.spec().gidMap() == IdMap.Keyword.AUTO;
        if (!uids && !gids) {
            return new SubordinateIds(Planner.Subordinates.NONE, List.of(), List.of());
        }
        Optional<CallerFacts> caller = CallerFacts.read(host);
        if (caller.isEmpty()) {
            return failed(SandboxCompiler.problem(
                    spec, "uid_map", "'auto' needs /proc to know the caller's id", "mount /proc, or list the ids"));
        }
        Reading<Optional<Account>> account = Account.lookUp(host, caller.get().uid());
        Optional<String> name = account.value().map(Account::name);
        Reading<SubIdRanges> ranges = SubIdRanges.read(host, caller.get().uid(), name);
        List<Diagnostic> problems = new ArrayList<>();
        String user = name.orElse(Long.toString(caller.get().uid()));
        if (uids && ranges.value().uids().isEmpty()) {
            problems.add(missing(spec, "uid", user));
        }
        if (gids && ranges.value().gids().isEmpty()) {
            problems.add(missing(spec, "gid", user));
        }
        List<HostFile> files = new ArrayList<>(account.files());
        files.addAll(ranges.files());
        return new SubordinateIds(
                new Planner.Subordinates(
                        layOut(ranges.value().uids()), layOut(ranges.value().gids())),
                List.copyOf(files),
                List.copyOf(problems));
    }

    private static SubordinateIds failed(Diagnostic problem) {
        return new SubordinateIds(Planner.Subordinates.NONE, List.of(), List.of(problem));
    }

    private static Diagnostic missing(LoadedSpec spec, String kind, String user) {
        String path = spec.origins().value(kind + "_map").isPresent() || kind.equals("uid") ? kind + "_map" : "uid_map";
        return SandboxCompiler.problem(
                spec,
                path,
                "'auto' needs a range of " + kind + "s for " + user + " in /etc/sub" + kind + ", and there is none",
                "`usermod --add-sub" + kind + "s 100000-165535 " + user + "` gives one; run `nsbox doctor`");
    }

    private static List<IdRange> layOut(List<SubIdRange> ranges) {
        List<IdRange> laidOut = new ArrayList<>();
        long inside = 1;
        for (SubIdRange range : ranges) {
            laidOut.add(new IdRange(inside, range.start(), range.count()));
            inside += range.count();
        }
        return laidOut;
    }
}
