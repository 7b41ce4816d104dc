package io.nsbox.text;

import io.nsbox.diag.Code;
import io.nsbox.diag.Printable;
import io.nsbox.seccomp.Action;
import io.nsbox.seccomp.ErrnoNames;
import io.nsbox.text.YamlNode.Mapping;
import io.nsbox.text.YamlNode.Scalar;
import java.util.Optional;

/**
 * Reads what a seccomp profile does with a call: an action, with the errno that it returns.
 *
 * @param objects the profile
 */
record ActionReader(ProfileObjects objects) {
    private static final int EPERM = 1;
    /** The kernel cuts larger ones: MAX_ERRNO of linux/err.h. */
    private static final int LARGEST_ERRNO = 4095;

    /**
     * The action; nothing where a problem was reported.
     *
     * @param node the action's word
     * @param path the path of the word
     * @param owner the object in which the errno stands, if one does
     * @param errnoKey its key there
     * @param ownerPath the path of the object
     */
    Optional<Action> read(YamlNode node, String path, Mapping owner, String errnoKey, String ownerPath) {
        Optional<String> word = objects.binding().text(node, path);
        if (word.isEmpty()) {
            return Optional.empty();
        }
        if (word.get().equals("SCMP_ACT_NOTIFY")) {
            objects.error(
                    Code.NOT_SUPPORTED,
                    node,
                    path,
                    "'SCMP_ACT_NOTIFY' is not supported: no agent is asked",
                    "use another action, such as SCMP_ACT_ERRNO");
            return Optional.empty();
        }
        Optional<Action.Kind> kind = objects.binding().choice(node, path, ProfileWords.ACTIONS);
        Optional<YamlNode> errno = ProfileObjects.value(owner, errnoKey);
        if (kind.isEmpty()) {
            errno.ifPresent(each -> objects.number(each, ProfileObjects.under(ownerPath, errnoKey), LARGEST_ERRNO));
            return Optional.empty();
        }
        boolean takesErrno = kind.get() == Action.Kind.ERRNO || kind.get() == Action.Kind.TRACE;
        Optional<YamlNode> named = errnoName(owner, errnoKey);
        // Docker and podman write a default errno beside every default action. It must be one all the same.
        if (!takesErrno && errnoKey.startsWith("default")) {
            return errno(errno, named, errnoKey, ownerPath).map(unused -> new Action(kind.get(), 0));
        }
        if (!takesErrno && (errno.isPresent() || named.isPresent())) {
            String key = errno.isPresent() ? errnoKey : nameKey(errnoKey);
            objects.error(
                    Code.CONFLICT,
                    errno.or(() -> named).get(),
                    ProfileObjects.under(ownerPath, key),
                    "'" + word.get() + "' returns no errno",
                    "remove '" + key + "', or use SCMP_ACT_ERRNO");
            return Optional.empty();
        }
        if (!takesErrno) {
            return Optional.of(new Action(kind.get(), 0));
        }
        return errno(errno, named, errnoKey, ownerPath).map(number -> new Action(kind.get(), number));
    }

    /** podman's key for the name of the errno whose number another key gives. */
    private static String nameKey(String errnoKey) {
        return errnoKey.substring(0, errnoKey.length() - "Ret".length());
    }

    private static Optional<YamlNode> errnoName(Mapping owner, String errnoKey) {
        return ProfileObjects.value(owner, nameKey(errnoKey))
                .filter(node -> !(node instanceof Scalar s && s.text().isEmpty()));
    }

    /** The errno of an action: its number, its name, or both, which then say the same. */
    private Optional<Integer> errno(
            Optional<YamlNode> number, Optional<YamlNode> named, String errnoKey, String ownerPath) {
        int before = objects.binding().errorCount();
        Optional<Integer> byNumber = number.flatMap(
                        each -> objects.number(each, ProfileObjects.under(ownerPath, errnoKey), LARGEST_ERRNO))
                .map(Long::intValue);
        String namePath = ProfileObjects.under(ownerPath, nameKey(errnoKey));
        Optional<Integer> byName = named.flatMap(each -> errnoOf(each, namePath));
        if (objects.binding().errorCount() > before) {
            return Optional.empty();
        }
        if (byNumber.isPresent() && byName.isPresent() && !byNumber.equals(byName)) {
            objects.error(
                    Code.CONFLICT,
                    named.get(),
                    namePath,
                    "'" + nameKey(errnoKey) + "' is " + byName.get() + ", and '" + errnoKey + "' is " + byNumber.get(),
                    "remove one of the two");
            return Optional.empty();
        }
        return Optional.of(byName.or(() -> byNumber).orElse(EPERM));
    }

    private Optional<Integer> errnoOf(YamlNode node, String path) {
        Optional<String> name = objects.binding().text(node, path);
        Optional<Integer> number = name.flatMap(ErrnoNames::number);
        if (name.isPresent() && number.isEmpty()) {
            objects.error(
                    Code.UNKNOWN_VALUE,
                    node,
                    path,
                    "no error is called " + Printable.quote(name.get()),
                    Suggestion.nearest(name.get(), ErrnoNames.all())
                            .map(near -> "did you mean '" + near + "'?")
                            .orElse("names are those of errno(3)"));
        }
        return number;
    }
}
