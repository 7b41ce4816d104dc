package io.nsbox.it;

import static org.assertj.core.api.Assertions.assertThat;

import io.nsbox.launch.Starter;
import io.nsbox.program.Arch;
import io.nsbox.testing.Identity;
import io.nsbox.testing.Requirements;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.nio.file.attribute.FileTime;
import java.nio.file.attribute.PosixFilePermissions;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

/** The program of {@code nsbox install} runs what {@code bin/nsbox} would, and leaves to it whatever is not as usual. */
class StarterIT {
    private static final String SPEC = "namespaces: [user]\ncommand: [echo, one]\n";
    private static final Running.Result ONE = new Running.Result(0, "one\n", "");

    /** Which program gets at the launcher. */
    private enum By {
        STARTER,
        SCRIPT
    }

    /** A place to call nsbox from. */
    private record Place(Workshop workshop, Path folder, Map<String, String> environment) {
        static Place in(Workshop workshop) {
            return new Place(workshop, workshop.folder(), workshop.environment());
        }

        Place folder(String name) {
            return new Place(workshop, workshop.folder().resolve(name), environment);
        }

        /** With one variable more, or without it. */
        Place with(String variable, String value) {
            Map<String, String> changed = new java.util.TreeMap<>(environment);
            if (value == null) {
                changed.remove(variable);
            } else {
                changed.put(variable, value);
            }
            return new Place(workshop, folder, changed);
        }

        Running.Result run(Object... words) {
            List<String> command = new ArrayList<>(workshop.identity().prefix());
            for (Object word : words) {
                command.add(word.toString());
            }
            return Running.start(folder, environment, command).finish();
        }

        /** What is executed, in order, by one process. */
        List<String> executed(Object... words) {
            Path log = workshop.file("log", "");
            List<Object> traced = new ArrayList<>(List.of("strace", "-s", "9999", "-o", log, "-e", "trace=execve"));
            traced.addAll(List.of(words));
            run(traced.toArray());
            return StraceLog.read(log).ofFirst().stream()
                    .filter(call -> !call.failed())
                    .map(call -> call.arguments().replaceAll(", 0x\\p{XDigit}+ /\\*.*", ""))
                    .toList();
        }

        /** That both programs come to the same launcher in the same way, and the starter by itself or by the script. */
        void comes(By by, String spec) {
            String script = workshop.nsbox();
            Path starter = workshop.folder().resolve("bin/nsbox");
            Running.Result first = run(script, "up", spec);
            assertThat(run(script, "up", spec)).as("%s from %s", spec, folder).isEqualTo(first);
            assertThat(run(starter, "up", spec)).as("%s from %s", spec, folder).isEqualTo(first);
            List<String> byScript = executed(script, "up", spec);
            List<String> byStarter = executed(starter, "up", spec);
            if (by == By.STARTER) {
                assertThat(byScript.get(0)).contains("/images/").contains("\"--cold\"");
                assertThat(byStarter).isEqualTo(byScript);
            } else {
                assertThat(byStarter.get(0)).startsWith("\"" + script + "\"");
                assertThat(byStarter.subList(1, byStarter.size())).isEqualTo(byScript);
            }
        }
    }

    private static Place installed(Workshop workshop) {
        Requirements.requireProgram("strace");
        Path bin = workshop.newFolder("bin");
        Running.Result result = workshop.run(workshop.nsbox(), "install", bin);
        assertThat(result)
                .isEqualTo(new Running.Result(
                        0,
                        "installed " + bin + "/nsbox, which runs " + workshop.nsbox() + "\n",
                        "nsbox: note: " + bin + " is not on the PATH, where a shell looks for nsbox; add it there\n"));
        return Place.in(workshop);
    }

    @ParameterizedTest
    @EnumSource(Identity.class)
    void itFindsTheSameImageByEachSpellingOfAPath(Identity identity) {
        try (Workshop workshop = Workshop.open(identity)) {
            Place place = installed(workshop);
            workshop.newFolder("sub");
            workshop.newFolder("up..down");
            for (String name : List.of("box.yaml", "..box.yaml", "a..b", "...", "up..down/..x", "a b\nc\u00e9")) {
                workshop.file(name, SPEC);
                place.comes(By.STARTER, name);
                place.comes(By.STARTER, "./" + name);
                place.comes(By.STARTER, workshop.folder() + "//" + name);
            }
            place.folder("sub").comes(By.SCRIPT, "../box.yaml");
            place.comes(By.SCRIPT, "sub/../box.yaml");
            place.comes(By.SCRIPT, workshop.folder() + "/sub/../box.yaml");
        }
    }

    @ParameterizedTest
    @EnumSource(Identity.class)
    void theWorkingDirectoryIsCalledWhatTheShellCallsIt(Identity identity) throws IOException {
        try (Workshop workshop = Workshop.open(identity)) {
            Place place = installed(workshop);
            String folder = workshop.folder().toString();
            workshop.newFolder("sub");
            workshop.file("sub/box.yaml", SPEC);
            Files.createSymbolicLink(workshop.folder().resolve("link"), Path.of("sub"));
            Place sub = place.folder("sub");
            sub.comes(By.STARTER, "box.yaml");
            sub.with("PWD", folder + "/sub").comes(By.STARTER, "box.yaml");
            sub.with("PWD", folder + "/link").comes(By.STARTER, "box.yaml");
            assertThat(sub.with("PWD", folder + "/link")
                            .executed(workshop.folder().resolve("bin/nsbox"), "up", "box.yaml")
                            .get(0))
                    .contains("/images" + folder + "/link/box.yaml.image\"");
            for (String wrong : List.of("/", "/nowhere", "", ".", "sub", "/" + "x".repeat(5000))) {
                sub.with("PWD", wrong).comes(By.SCRIPT, "box.yaml");
                sub.with("PWD", wrong).comes(By.SCRIPT, folder + "/sub/box.yaml");
            }
        }
    }

    /** An image that is looked for at such a path would not be one of the cache. */
    @ParameterizedTest
    @EnumSource(Identity.class)
    void noWorkingDirectoryLeadsOutOfTheCache(Identity identity) throws IOException {
        try (Workshop workshop = Workshop.open(identity)) {
            Place place = installed(workshop);
            Path spec = workshop.file("box.yaml", SPEC);
            place.run(workshop.nsbox(), "up", spec);
            String up = workshop.folder() + "/.." + "/..".repeat(20);
            Place lured = place.with("PWD", up + workshop.folder());
            Path image = workshop.script("box.yaml.image", "#!/bin/sh\necho lured\n");
            Files.setLastModifiedTime(image, FileTime.fromMillis(0));
            for (Object program : List.of(workshop.nsbox(), workshop.folder().resolve("bin/nsbox"))) {
                assertThat(lured.run(program, "up", "box.yaml")).isEqualTo(ONE);
            }
            lured.comes(By.SCRIPT, "box.yaml");
        }
    }

    @ParameterizedTest
    @EnumSource(value = Identity.class, mode = EnumSource.Mode.EXCLUDE, names = "ROOT")
    void theCacheOfAUserIsWhereTheScriptHasIt(Identity identity) throws IOException {
        try (Workshop workshop = Workshop.open(identity)) {
            Place place = installed(workshop);
            workshop.file("box.yaml", SPEC);
            String caches = workshop.newFolder("caches").toString();
            Place noXdg = place.with("XDG_CACHE_HOME", null);
            place.with("XDG_CACHE_HOME", caches).comes(By.STARTER, "box.yaml");
            place.with("HOME", null).comes(By.STARTER, "box.yaml");
            noXdg.comes(By.STARTER, "box.yaml");
            place.with("XDG_CACHE_HOME", "caches").comes(By.STARTER, "box.yaml");
            place.with("XDG_CACHE_HOME", "").comes(By.STARTER, "box.yaml");
            noXdg.with("HOME", null).comes(By.SCRIPT, "box.yaml");
            noXdg.with("HOME", "home").comes(By.SCRIPT, "box.yaml");
            noXdg.with("HOME", "/" + "x".repeat(5000)).comes(By.SCRIPT, "box.yaml");
            Files.createSymbolicLink(workshop.folder().resolve("nsbox"), Path.of("caches/nsbox"));
            place.with("XDG_CACHE_HOME", workshop.folder().toString()).comes(By.SCRIPT, "box.yaml");
        }
    }

    @ParameterizedTest
    @EnumSource(Identity.class)
    void anImageThatSomebodyChangedIsLeftToTheScript(Identity identity) throws IOException {
        try (Workshop workshop = Workshop.open(identity)) {
            Place place = installed(workshop);
            Path starter = workshop.folder().resolve("bin/nsbox");
            Path spec = workshop.file("box.yaml", SPEC);
            Path image = Path.of(workshop.cache() + "/images" + spec + ".image");
            place.comes(By.STARTER, spec.toString());
            byte[] right = Files.readAllBytes(image);
            Files.writeString(image, "#!/bin/sh\necho no\n");
            assertThat(place.run(starter, "up", spec)).isEqualTo(ONE);
            assertThat(Files.readAllBytes(image)).isEqualTo(right);
            if (identity == Identity.ROOT) {
                Path foreign = workshop.script("foreign", "#!/bin/sh\necho no\n");
                Files.setLastModifiedTime(foreign, FileTime.fromMillis(0));
                Files.setAttribute(foreign, "unix:uid", Identity.USER.id());
                Files.move(foreign, image, StandardCopyOption.REPLACE_EXISTING);
                assertThat(place.executed(starter, "up", spec).get(0)).startsWith("\"" + workshop.nsbox() + "\"");
                assertThat(Files.readAllBytes(image)).isEqualTo(right);
            }
        }
    }

    @ParameterizedTest
    @EnumSource(Identity.class)
    void everythingElseIsTheScripts(Identity identity) throws IOException {
        try (Workshop workshop = Workshop.open(identity)) {
            Place place = installed(workshop);
            Path starter = workshop.folder().resolve("bin/nsbox");
            workshop.file("box.yaml", SPEC);
            workshop.newFolder("folder");
            workshop.run("mkfifo", "fifo");
            for (String spec : List.of("missing.yaml", "folder", "fifo", "", "-", "--", "--help", "x".repeat(5000))) {
                place.comes(By.SCRIPT, spec);
            }
            for (List<String> words : List.of(
                    List.<String>of(),
                    List.of("--version"),
                    List.of("up"),
                    List.of("upp", "box.yaml"),
                    List.of("validate", "box.yaml"),
                    List.of("up", "--no-such-option", "box.yaml"),
                    List.of("up", "box.yaml", "--", "echo", "two", "", "three  "))) {
                List<Object> byScript = new ArrayList<>(List.of(workshop.nsbox()));
                List<Object> byStarter = new ArrayList<>(List.of(starter));
                byScript.addAll(words);
                byStarter.addAll(words);
                assertThat(place.run(byStarter.toArray()))
                        .as(words.toString())
                        .isEqualTo(place.run(byScript.toArray()));
            }
        }
    }

    @ParameterizedTest
    @EnumSource(Identity.class)
    void whateverTheKernelRefusesItIsLeftToTheScript(Identity identity) {
        try (Workshop workshop = Workshop.open(identity)) {
            Place place = installed(workshop).with("PWD", workshop.folder().toString());
            Path starter = workshop.folder().resolve("bin/nsbox");
            workshop.file("box.yaml", SPEC);
            place.comes(By.STARTER, "box.yaml");
            Path log = workshop.file("log", "");
            int refused = 0;
            for (String call : List.of("statx", "execve")) {
                for (int when = 1; when <= 10; when++) {
                    String inject = "inject=" + call + ":error=EACCES:when=" + when;
                    Running.Result result = place.run(
                            "strace", "-o", log, "-e", "trace=statx,execve", "-e", inject, starter, "up", "box.yaml");
                    List<StraceLog.Call> calls = StraceLog.read(log).ofFirst();
                    Optional<StraceLog.Call> injected =
                            calls.stream().filter(StraceLog.Call::injected).findFirst();
                    if (injected.isPresent() && calls.indexOf(injected.get()) < 9) {
                        refused++;
                        assertThat(result).as(inject).isEqualTo(ONE);
                    }
                }
            }
            assertThat(refused).isGreaterThanOrEqualTo(8);
        }
    }

    @ParameterizedTest
    @EnumSource(Identity.class)
    void theProgramForAarch64DoesTheSameUnderEmulation(Identity identity) throws IOException {
        Requirements.requireProgram("qemu-aarch64-static");
        Requirements.requireProgram("strace");
        try (Workshop workshop = Workshop.open(identity)) {
            Place place = Place.in(workshop).with("PWD", workshop.folder().toString());
            workshop.file("box.yaml", SPEC);
            Path starter = workshop.script("starter", "");
            Files.write(starter, Starter.bytes(workshop.nsbox(), Arch.AARCH64));
            place.run(workshop.nsbox(), "up", "box.yaml");
            assertThat(place.run("qemu-aarch64-static", starter, "up", "box.yaml"))
                    .isEqualTo(ONE);
            assertThat(place.executed("qemu-aarch64-static", starter, "up", "box.yaml"))
                    .isEqualTo(place.executed(workshop.nsbox(), "up", "box.yaml"));
            assertThat(place.run("qemu-aarch64-static", starter, "--version"))
                    .isEqualTo(place.run(workshop.nsbox(), "--version"));
        }
    }

    @ParameterizedTest
    @EnumSource(Identity.class)
    void anNsboxThatHasMovedIsSaidToBeMissing(Identity identity) throws IOException {
        try (Workshop workshop = Workshop.open(identity)) {
            workshop.file("box.yaml", SPEC);
            Path bin = Files.createDirectories(workshop.folder().resolve("own/bin"));
            Path lib = Files.createDirectories(workshop.folder().resolve("own/lib"));
            Path script = bin.resolve("nsbox");
            Files.copy(Workshop.PROJECT.resolve("bin/nsbox"), script, StandardCopyOption.COPY_ATTRIBUTES);
            Files.copy(Workshop.PROJECT.resolve("target/nsbox.jar"), lib.resolve("nsbox.jar"));
            Files.copy(Workshop.PROJECT.resolve("target/build-id"), lib.resolve("build-id"));
            Path starter = workshop.newFolder("there").resolve("nsbox");
            workshop.run(script, "install", starter.getParent());
            assertThat(workshop.run(starter, "up", "box.yaml")).isEqualTo(ONE);

            Files.setPosixFilePermissions(script, PosixFilePermissions.fromString("rw-r--r--"));
            String forbidden = "nsbox: error: cannot execute " + script + ": permission denied\n";
            assertThat(workshop.run(starter, "up", "-v", "box.yaml")).isEqualTo(new Running.Result(125, "", forbidden));
            assertThat(workshop.run(starter, "ps")).isEqualTo(new Running.Result(2, "", forbidden));

            Files.delete(script);
            String missing = "nsbox: error: " + script
                    + " is missing, or /bin/sh; where nsbox has moved, run 'bin/nsbox install' there\n";
            assertThat(workshop.run(starter, "exec", "box")).isEqualTo(new Running.Result(125, "", missing));
            assertThat(workshop.run(starter)).isEqualTo(new Running.Result(2, "", missing));
        }
    }
}
