package io.nsbox.cli;

import io.nsbox.diag.Code;
import io.nsbox.diag.Diagnostic;
import io.nsbox.diag.Severity;
import io.nsbox.text.TypedPaths;
import java.io.IOException;
import java.nio.file.FileSystems;
import java.nio.file.FileVisitResult;
import java.nio.file.Files;
import java.nio.file.InvalidPathException;
import java.nio.file.Path;
import java.nio.file.PathMatcher;
import java.nio.file.SimpleFileVisitor;
import java.nio.file.attribute.BasicFileAttributes;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.function.Predicate;
import java.util.regex.PatternSyntaxException;

/**
 * The spec files that arguments name: files, folders with all that is below them, and patterns.
 *
 * <p>Folders whose names start with a dot are left out below a folder, as tools keep their own files there.
 */
final class SpecFiles {
    private static final String SPECIAL = "*?[{";
    private static final String ANY_FOLDERS = "**/";
    private static final int MOST_SPELLINGS = 64;

    private final Path workingDirectory;
    private final Map<Path, SpecFile> files = new LinkedHashMap<>();
    private final List<Diagnostic> problems = new ArrayList<>();

    SpecFiles(Path workingDirectory) {
        this.workingDirectory = workingDirectory;
    }

    /**
     * A file to read.
     *
     * @param name what messages call it: as the user gave it, or below the folder that the user gave
     * @param path where it is
     */
    record SpecFile(String name, Path path) {}

    /** The files found so far, each once, in the order of the arguments. */
    List<SpecFile> files() {
        return List.copyOf(files.values());
    }

    /** What could not be found or looked into. */
    List<Diagnostic> problems() {
        return List.copyOf(problems);
    }

    void add(String argument) {
        Path path;
        try {
            path = workingDirectory.resolve(argument);
        } catch (InvalidPathException e) {
            problem(argument, "this is not a file name: " + e.getReason());
            return;
        }
        if (Files.isDirectory(path) && !argument.isEmpty()) {
            addFolder(argument, path);
        } else if (!Files.exists(path) && argument.chars().anyMatch(c -> SPECIAL.indexOf(c) >= 0)) {
            addPattern(argument);
        } else {
            add(argument, path);
        }
    }

    private void add(String name, Path path) {
        files.putIfAbsent(TypedPaths.withoutDots(path), new SpecFile(name, path));
    }

    private void addFolder(String argument, Path folder) {
        int before = problems.size();
        List<Path> found = walk(argument, folder, SpecFiles::isYaml);
        if (found.isEmpty() && problems.size() == before) {
            problem(argument, "no *.yaml or *.yml file is in this folder or below it");
        }
        found.forEach(file -> add(below(argument, folder, file), file));
    }

    private void addPattern(String argument) {
        int special = 0;
        while (SPECIAL.indexOf(argument.charAt(special)) < 0) {
            special++;
        }
        String fixed = argument.substring(0, argument.lastIndexOf('/', special) + 1);
        Path folder = workingDirectory.resolve(fixed);
        List<PathMatcher> matchers;
        try {
            matchers = spellings(argument.substring(fixed.length())).stream()
                    .map(glob -> FileSystems.getDefault().getPathMatcher("glob:" + glob))
                    .toList();
        } catch (PatternSyntaxException e) {
            problem(argument, "no such file, and as a pattern it is not finished");
            return;
        }
        int before = problems.size();
        Predicate<Path> matches =
                file -> matchers.stream().anyMatch(matcher -> matcher.matches(folder.relativize(file)));
        List<Path> found = Files.isDirectory(folder)
                ? walk(fixed, folder, file -> matches.test(file) || isYaml(file) && isBelow(file, folder, matches))
                : List.of();
        if (found.isEmpty() && problems.size() == before) {
            problem(argument, "no file matches this pattern");
        }
        found.forEach(file -> add(below(fixed, folder, file), file));
    }

    /** Java wants a folder for each {@code **&#47;}, and shells do not: with it and without. */
    private static List<String> spellings(String glob) {
        int at = glob.startsWith(ANY_FOLDERS) ? 0 : glob.indexOf("/" + ANY_FOLDERS) + 1;
        if (at == 0 && !glob.startsWith(ANY_FOLDERS)) {
            return List.of(glob);
        }
        List<String> spellings = new ArrayList<>();
        for (String rest : spellings(glob.substring(at + ANY_FOLDERS.length()))) {
            spellings.add(glob.substring(0, at) + ANY_FOLDERS + rest);
            spellings.add(glob.substring(0, at) + rest);
        }
        return spellings.size() > MOST_SPELLINGS ? List.of(glob) : spellings;
    }

    /** Whether a folder above the file matches: it stands for the specs in it and below, as if the shell had named it. */
    private static boolean isBelow(Path file, Path folder, Predicate<Path> matches) {
        for (Path above = file.getParent(); above != null && !above.equals(folder); above = above.getParent()) {
            if (matches.test(above)) {
                return true;
            }
        }
        return false;
    }

    private static String below(String prefix, Path folder, Path file) {
        String rest = folder.relativize(file).toString();
        if (rest.isEmpty()) {
            return prefix;
        }
        if (prefix.isEmpty() || prefix.equals(".") || prefix.equals("./")) {
            return rest;
        }
        return prefix.endsWith("/") ? prefix + rest : prefix + "/" + rest;
    }

    private static boolean isYaml(Path file) {
        String name = String.valueOf(file.getFileName());
        return name.endsWith(".yaml") || name.endsWith(".yml");
    }

    /** The files below a folder; the folder itself may be a symbolic link, those below it are not followed. */
    private List<Path> walk(String argument, Path folder, Predicate<Path> wanted) {
        List<Path> found = new ArrayList<>();
        try {
            Path real = folder.toRealPath();
            Files.walkFileTree(real, new SimpleFileVisitor<>() {
                @Override
                public FileVisitResult preVisitDirectory(Path inner, BasicFileAttributes attributes) {
                    boolean hidden = !inner.equals(real)
                            && String.valueOf(inner.getFileName()).startsWith(".");
                    return hidden ? FileVisitResult.SKIP_SUBTREE : FileVisitResult.CONTINUE;
                }

                @Override
                public FileVisitResult visitFile(Path file, BasicFileAttributes attributes) {
                    Path named = folder.resolve(real.relativize(file));
                    if (wanted.test(named) && !Files.isDirectory(file)) {
                        found.add(named);
                    }
                    return FileVisitResult.CONTINUE;
                }

                @Override
                public FileVisitResult visitFileFailed(Path file, IOException e) {
                    problem(below(argument, real, file), "this folder cannot be looked into");
                    return FileVisitResult.CONTINUE;
                }
            });
        } catch (IOException e) {
            problem(argument, "this folder cannot be looked into");
        }
        found.sort(Comparator.naturalOrder());
        return found;
    }

    private void problem(String argument, String message) {
        problems.add(Diagnostic.of(Severity.ERROR, Code.FILE_UNREADABLE, argument, message));
    }
}
