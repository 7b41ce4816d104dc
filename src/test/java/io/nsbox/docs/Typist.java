package io.nsbox.docs;

import static org.assertj.core.api.Assertions.assertThat;

import io.nsbox.testing.Terminal;

/** Types a console block into a terminal, line by line, each only where its prompt waits, and compares what is shown. */
final class Typist {
    private Typist() {}

    static void type(String page, MarkdownPage.Block block, Transcript transcript, Terminal terminal) {
        for (Transcript.Typed typed : Transcript.typed(block)) {
            String where = page + ":" + typed.line() + ": " + typed.prompt() + typed.command();
            assertThat(terminal.prompt()).as("%s: the prompt", where).isEqualTo(typed.prompt());
            transcript
                    .mismatch(typed.output(), terminal.type(transcript.fillIn(typed.command())))
                    .ifPresent(mismatch -> {
                        throw new AssertionError(where + "\n" + mismatch);
                    });
        }
    }
}
