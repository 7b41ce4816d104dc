package io.nsbox.program;

import static org.assertj.core.api.Assertions.assertThat;

import org.junit.jupiter.api.Test;

class QuotedTextTest {
    @Test
    void whatPrintsIsShownAsItIs() {
        assertThat(ProgramBuilder.quote("/home/J\u00f6rg \ud83e\udd80 \u4e2d"))
                .isEqualTo("\"/home/J\u00f6rg \ud83e\udd80 \u4e2d\"");
    }

    @Test
    void whatDoesNotPrintIsShownByItsBytes() {
        assertThat(ProgramBuilder.quote("\"\\\n\t\0\u001b\u007f")).isEqualTo("\"\\\"\\\\\\n\\t\\000\\033\\177\"");
        assertThat(ProgramBuilder.quote("a\u202eb\u2028c\u0085"))
                .isEqualTo("\"a\\342\\200\\256b\\342\\200\\250c\\302\\205\"");
    }
}
