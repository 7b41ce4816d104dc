package io.nsbox.plan;

import io.nsbox.diag.Span;
import io.nsbox.plan.SetCapabilities.InsideUser;
import io.nsbox.spec.Confinement;
import io.nsbox.spec.IdMap;
import io.nsbox.spec.IdRange;
import io.nsbox.spec.LoadedSpec;
import io.nsbox.spec.Namespace;
import io.nsbox.spec.Origins;
import io.nsbox.spec.SandboxSpec;
import io.nsbox.spec.User;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.OptionalLong;

/** Decides how the command gets its groups, ids and capabilities, in the order in which each step still has the right to. */
final class CredentialPlan {
    private final SandboxSpec spec;
    private final Confinement confinement;
    private final Origins origins;
    private final Optional<User> user;

    CredentialPlan(LoadedSpec loaded) {
        this.spec = loaded.spec();
        this.confinement = spec.confinement();
        this.origins = loaded.origins();
        this.user = Optional.ofNullable(confinement.user());
    }

    /** Whether the launcher must know who the caller is. */
    boolean needCaller() {
        return spec.makes(Namespace.USER)
                || user.isPresent()
                || !confinement.groupAdd().isEmpty()
                || !confinement.capAdd().isEmpty();
    }

    List<Step> steps() {
        List<Step> steps = new ArrayList<>();
        Optional<Span> capabilities = origins.key("cap_drop").or(() -> origins.key("cap_add"));
        long kept = kept();
        if (kept != -1) {
            String but = confinement.capAdd().isEmpty()
                    ? ""
                    : ", but not " + confinement.capAdd().text();
            steps.add(new LimitCapabilities(kept, confinement.capDrop().text() + but, capabilities));
        }
        groups().ifPresent(steps::add);
        user.ifPresent(who -> steps.add(new BecomeUser(
                who.uid(), gid(who), !confinement.capAdd().isEmpty() && who.uid() != 0, origins.key("user"))));
        if (confinement.changesCapabilities()) {
            Optional<Span> cause = origins.key("cap_add").or(() -> capabilities);
            steps.add(new SetCapabilities(kept, confinement.capAdd(), insideUser(), cause));
        } else if (!spec.has(Namespace.USER)) {
            steps.add(new SetCapabilities.Uninherit());
        }
        return steps;
    }

    private long kept() {
        long added = confinement.capAdd().mask();
        return confinement.capDrop().all() ? added : ~confinement.capDrop().mask() | added;
    }

    private Optional<Step> groups() {
        List<Long> wanted = confinement.groupAdd();
        IdMap uids = spec.uidMap();
        boolean keepsIds =
                user.isEmpty() && (!spec.makes(Namespace.USER) || uids == null || uids == IdMap.Keyword.KEEP_ID);
        boolean withoutMap = spec.makes(Namespace.USER) && spec.gidMap() == null;
        if (wanted.isEmpty() && (keepsIds || withoutMap)) {
            return Optional.empty();
        }
        boolean onTop = keepsIds && !spec.has(Namespace.USER);
        Optional<Span> cause = origins.key("group_add").or(() -> origins.key("user"));
        return Optional.of(new SetGroups(wanted, onTop, cause));
    }

    /** As with Docker, 0 unless given; where 0 may not be mapped the group stays. */
    private OptionalLong gid(User who) {
        boolean stays = spec.makes(Namespace.USER) && (spec.gidMap() == null || spec.gidMap() == IdMap.Keyword.KEEP_ID);
        return who.gid().isPresent() || stays ? who.gid() : OptionalLong.of(0);
    }

    private InsideUser insideUser() {
        if (user.isPresent()) {
            return new InsideUser.Known(user.get().uid() == 0);
        }
        if (!spec.has(Namespace.USER)) {
            return new InsideUser.IfCallerIs(0);
        }
        IdMap map = spec.uidMap();
        if (spec.joins().containsKey(Namespace.USER)) {
            return new InsideUser.Asked();
        }
        if (map instanceof IdMap.Ranges given) {
            Optional<IdRange> root =
                    given.ranges().stream().filter(range -> range.inside() == 0).findFirst();
            return root.<InsideUser>map(range -> new InsideUser.IfCallerIs(range.outside()))
                    .orElseGet(() -> new InsideUser.Known(false));
        }
        return map == IdMap.Keyword.KEEP_ID ? new InsideUser.IfCallerIs(0) : new InsideUser.Known(map != null);
    }
}
