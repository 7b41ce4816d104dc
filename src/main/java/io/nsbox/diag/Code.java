package io.nsbox.diag;

/**
 * The kinds of problem that nsbox reports.
 *
 * <p>The id is stable: scripts and code-scanning services may filter by it. A new kind is a new constant; none is renamed.
 */
public enum Code {
    FILE_UNREADABLE("file-unreadable", "the file cannot be read"),
    FILE_TOO_LARGE("file-too-large", "the file is larger than a spec may be"),
    NOT_TEXT("not-text", "the bytes are not the UTF-8 text that YAML wants"),
    YAML_SYNTAX("yaml-syntax", "the text is not YAML 1.2"),
    YAML_LIMIT("yaml-limit", "the YAML is nested too deep or grows too large through aliases"),
    YAML_FEATURE("yaml-feature", "a part of YAML that specs do not use"),
    MULTIPLE_DOCUMENTS("multiple-documents", "more than one YAML document in a file"),
    EMPTY_SPEC("empty-spec", "the file holds no spec"),
    DUPLICATE_KEY("duplicate-key", "a key is set twice in one mapping"),
    UNKNOWN_KEY("unknown-key", "the language has no such key"),
    NOT_SUPPORTED("not-supported", "the language reserves this, and this version does not do it yet"),
    MISSING_KEY("missing-key", "a key that must be there is not"),
    MISSING_VALUE("missing-value", "a key or an entry has no value"),
    WRONG_TYPE("wrong-type", "the value is of another type than the key wants"),
    UNKNOWN_VALUE("unknown-value", "the value is none of the words that the key knows"),
    INVALID_VALUE("invalid-value", "the value is not spelled as the key wants it"),
    OUT_OF_RANGE("out-of-range", "the value is too small, too large or too long"),
    DUPLICATE_ENTRY("duplicate-entry", "a list names the same thing twice"),
    MISSING_NAMESPACE("missing-namespace", "a key needs a namespace that the spec does not list"),
    CONFLICT("conflict", "two parts of the spec contradict each other"),
    ID_MAP_OVERLAP("id-map-overlap", "two ranges of an id map overlap"),
    PROC_WITHOUT_PID("proc-without-pid", "a new procfs without a new pid namespace"),
    SHELL_SYNTAX("shell-syntax", "shell syntax where no shell reads it"),
    MISSING_COMMAND("missing-command", "nothing says what to run"),
    INVALID_OVERRIDE("invalid-override", "an override of the command line cannot be applied"),
    MISSING_SUBORDINATES("missing-subordinates", "the caller owns no range of ids for an automatic map"),
    NOT_EXPORTABLE("not-exportable", "an OCI runtime cannot be asked for this, or does not carry it out"),
    TOO_MANY_PROBLEMS("too-many-problems", "the file has more problems than are shown");

    private final String id;
    private final String summary;

    Code(String id, String summary) {
        this.id = id;
        this.summary = summary;
    }

    /** The stable id, in kebab-case. */
    public String id() {
        return id;
    }

    /** One line on what kind of problem this is. */
    public String summary() {
        return summary;
    }
}
