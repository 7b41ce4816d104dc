package io.nsbox.cli;

import io.nsbox.cli.SpecFiles.SpecFile;
import io.nsbox.diag.Diagnostic;
import io.nsbox.diag.GithubRenderer;
import io.nsbox.diag.JsonRenderer;
import io.nsbox.diag.SarifRenderer;
import io.nsbox.diag.Style;
import io.nsbox.diag.TextRenderer;
import io.nsbox.text.ReadOptions;
import io.nsbox.text.SpecReader;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.Optional;
import java.util.concurrent.Callable;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import picocli.CommandLine.Command;
import picocli.CommandLine.Option;
import picocli.CommandLine.Parameters;

/** {@code nsbox validate}: checks specs and reports every problem at its place. */
@Command(
        name = "validate",
        header = "Check specs without running anything.",
        description = {
            "Checks each FILE and reports every problem with its place and, where one is known, the fix. "
                    + "A folder stands for all *.yaml and *.yml files in it and below, and patterns such as 'specs/**.yaml' work.",
            "The exit status is 0 where all specs are valid, also with warnings; 1 where one is not; 2 for wrong usage."
        })
final class ValidateCommand implements Callable<Integer> {
    /** How many specs one thread checks at a time: small enough to spread, large enough to be worth it. */
    private static final int BATCH = 100;

    private final Console console;

    /** How diagnostics are written. */
    enum Format {
        TEXT,
        JSON,
        SARIF,
        GITHUB;

        @Override
        public String toString() {
            return name().toLowerCase(Locale.ROOT);
        }
    }

    @Option(
            names = "--format",
            paramLabel = "FORMAT",
            defaultValue = "text",
            description = "How to write problems: ${COMPLETION-CANDIDATES}. Default: ${DEFAULT-VALUE}.")
    private Format format = Format.TEXT;

    @Parameters(arity = "1..*", paramLabel = "FILE", description = "Spec files, folders or patterns.")
    private List<String> arguments = List.of();

    ValidateCommand(Console console) {
        this.console = console;
    }

    @Override
    public Integer call() {
        SpecFiles files = new SpecFiles(console.workingDirectory());
        arguments.forEach(files::add);
        List<Diagnostic> found = new ArrayList<>(files.problems());
        found.addAll(check(files.files()));
        console.out().print(render(found, files.files()));
        console.out().flush();
        return found.stream().anyMatch(Diagnostic::isError) ? ExitStatus.PROBLEMS : ExitStatus.OK;
    }

    private String render(List<Diagnostic> found, List<SpecFile> files) {
        return switch (format) {
            case TEXT -> new TextRenderer(Style.colour(console.colourOnOut())).render(found) + verdict(found, files);
            case JSON -> new JsonRenderer().render(found);
            case SARIF -> new SarifRenderer(Version.number()).render(found);
            case GITHUB -> new GithubRenderer().render(found);
        };
    }

    /** What the summary of the problems does not say: how many specs are right. */
    private static String verdict(List<Diagnostic> found, List<SpecFile> files) {
        long wrong = found.stream()
                .filter(Diagnostic::isError)
                .map(Diagnostic::file)
                .distinct()
                .count();
        if (files.size() == 1) {
            return wrong == 0 ? io.nsbox.diag.Printable.of(files.get(0).name()) + " is valid\n" : "";
        }
        if (files.isEmpty()) {
            return "";
        }
        long right = Math.max(0, files.size() - wrong);
        return wrong == 0 ? files.size() + " specs are valid\n" : right + " of " + files.size() + " specs are valid\n";
    }

    /** All problems, in the order of the files, found by all processors. */
    private List<Diagnostic> check(List<SpecFile> files) {
        SpecReader reader = new SpecReader(ReadOptions.DEFAULT.withHome(
                Optional.ofNullable(console.environment().get("HOME"))));
        Progress progress = new Progress(console, files.size());
        List<Diagnostic> found = new ArrayList<>();
        if (files.size() <= BATCH) {
            files.forEach(
                    file -> found.addAll(reader.read(file.name(), file.path()).diagnostics()));
            return found;
        }
        ExecutorService threads =
                Executors.newFixedThreadPool(Runtime.getRuntime().availableProcessors());
        try {
            List<Future<List<Diagnostic>>> batches = new ArrayList<>();
            for (int from = 0; from < files.size(); from += BATCH) {
                List<SpecFile> batch = files.subList(from, Math.min(from + BATCH, files.size()));
                batches.add(threads.submit(() -> batch.stream()
                        .flatMap(file -> reader.read(file.name(), file.path()).diagnostics().stream())
                        .toList()));
            }
            for (Future<List<Diagnostic>> batch : batches) {
                found.addAll(batch.get());
                progress.advance(BATCH);
            }
            return found;
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            throw new IllegalStateException("interrupted while checking specs", e);
        } catch (ExecutionException e) {
            throw new IllegalStateException("a reader failed where it must not", e.getCause());
        } finally {
            progress.end();
            threads.shutdownNow();
        }
    }
}
