package io.nsbox.text;

import io.nsbox.diag.Code;
import io.nsbox.diag.Diagnostic;
import io.nsbox.diag.Diagnostics;
import io.nsbox.diag.Printable;
import io.nsbox.diag.Severity;
import io.nsbox.diag.Span;
import io.nsbox.text.YamlNode.Entry;
import io.nsbox.text.YamlNode.Mapping;
import io.nsbox.text.YamlNode.Scalar;
import io.nsbox.text.YamlNode.ScalarType;
import io.nsbox.text.YamlNode.Sequence;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.Iterator;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import org.jspecify.annotations.Nullable;
import org.snakeyaml.engine.v2.api.LoadSettings;
import org.snakeyaml.engine.v2.api.lowlevel.Parse;
import org.snakeyaml.engine.v2.common.Anchor;
import org.snakeyaml.engine.v2.events.AliasEvent;
import org.snakeyaml.engine.v2.events.Event;
import org.snakeyaml.engine.v2.events.MappingStartEvent;
import org.snakeyaml.engine.v2.events.NodeEvent;
import org.snakeyaml.engine.v2.events.ScalarEvent;
import org.snakeyaml.engine.v2.events.SequenceStartEvent;
import org.snakeyaml.engine.v2.exceptions.Mark;
import org.snakeyaml.engine.v2.exceptions.YamlEngineException;

/**
 * Makes one tree of nodes from a YAML text.
 *
 * <p>It stops at the first thing that is not YAML, and at the limits that keep hostile files small; duplicate keys, unknown
 * tags and unknown aliases are reported and reading goes on.
 */
final class YamlComposer {
    /** How deep lists and maps may be nested; the language itself needs four. */
    static final int DEEPEST = 64;

    /** How many nodes a document may come to, with every alias written out. */
    static final int LARGEST = 50_000;

    private static final String MERGE = "<<";

    private final SourceText source;
    private final int from;
    private final Diagnostics diagnostics;
    private final Iterator<Event> events;
    private final Map<Anchor, @Nullable YamlNode> anchors = new HashMap<>();
    private int nodes;

    /** False once a merge of an unknown alias leaves open which keys a map has. */
    private boolean keysAreKnown = true;

    private YamlComposer(SourceText source, int from, int to, Diagnostics diagnostics) {
        this.source = source;
        this.from = source.text().codePointCount(0, from);
        this.diagnostics = diagnostics;
        String text = source.text().substring(from, to);
        // One window over the whole text: with a smaller one the engine takes quadratic time for long words.
        LoadSettings settings = LoadSettings.builder()
                .setUseMarks(true)
                .setBufferSize(Math.max(16, text.length() + 2))
                .setCodePointLimit(Integer.MAX_VALUE)
                .build();
        this.events = new Parse(settings).parseString(text).iterator();
    }

    /** The document's root; nothing where it has none, or where a problem was reported that ends reading. */
    static Optional<YamlNode> compose(SourceText source, Diagnostics diagnostics) {
        return compose(source, 0, source.text().length(), diagnostics);
    }

    /** Likewise for a part of a text. */
    static Optional<YamlNode> compose(SourceText source, int from, int to, Diagnostics diagnostics) {
        YamlComposer composer = new YamlComposer(source, from, to, diagnostics);
        try {
            return composer.document();
        } catch (Stop stop) {
            diagnostics.add(stop.diagnostic);
        } catch (YamlEngineException e) {
            diagnostics.add(YamlSyntax.explain(e, source, composer.from));
        } catch (NumberFormatException e) {
            diagnostics.add(YamlSyntax.explainEscape(source, from, to));
        }
        return Optional.empty();
    }

    /** Ends reading: nothing sensible can follow. */
    private static final class Stop extends RuntimeException {
        private static final long serialVersionUID = 1;
        private final transient Diagnostic diagnostic;

        Stop(Diagnostic diagnostic) {
            super(diagnostic.message(), null, false, false);
            this.diagnostic = diagnostic;
        }
    }

    private Optional<YamlNode> document() {
        Optional<YamlNode> root = Optional.empty();
        int documents = 0;
        while (events.hasNext()) {
            Event event = events.next();
            if (event.getEventId() == Event.ID.DocumentStart) {
                documents++;
                if (documents > 1) {
                    diagnostics.add(error(
                                    Code.MULTIPLE_DOCUMENTS,
                                    place(event).span(),
                                    "a second YAML document starts here; a spec file holds one")
                            .withHelp("move it to a file of its own"));
                    break;
                }
                root = Optional.of(node(events.next(), 1));
            }
        }
        return keysAreKnown ? root : Optional.empty();
    }

    private YamlNode node(Event event, int depth) {
        if (++nodes > LARGEST) {
            throw tooLarge(place(event).span());
        }
        if (event instanceof AliasEvent alias) {
            return alias(alias);
        }
        if (depth > DEEPEST && !(event instanceof ScalarEvent)) {
            throw new Stop(error(
                    Code.YAML_LIMIT,
                    place(event).span(),
                    "lists and maps are nested deeper than " + DEEPEST + " levels"));
        }
        Optional<Anchor> anchor = ((NodeEvent) event).getAnchor();
        // While a collection is being read, an alias to it would make it hold itself.
        anchor.ifPresent(a -> anchors.put(a, null));
        YamlNode node;
        if (event instanceof ScalarEvent scalar) {
            node = scalar(scalar);
        } else if (event instanceof SequenceStartEvent start) {
            node = sequence(start, depth);
        } else {
            node = mapping((MappingStartEvent) event, depth);
        }
        anchor.ifPresent(a -> anchors.put(a, node));
        return node;
    }

    private YamlNode alias(AliasEvent event) {
        Place use = place(event);
        if (!anchors.containsKey(event.getAlias())) {
            String name = event.getAlias().getValue();
            Optional<String> near = Suggestion.nearest(
                    name,
                    anchors.keySet().stream().map(Anchor::getValue).sorted().toList());
            Diagnostic unknown = error(
                    Code.YAML_SYNTAX,
                    use.span(),
                    "no anchor " + Printable.quote("&" + name) + " stands above this alias");
            diagnostics.add(near.map(n -> unknown.withHelp("did you mean '*" + n + "'?"))
                    .orElse(unknown));
            return new Scalar(use, "", ScalarType.UNKNOWN, true);
        }
        YamlNode target = anchors.get(event.getAlias());
        if (target == null) {
            throw new Stop(error(Code.YAML_LIMIT, use.span(), "this alias stands inside what it refers to"));
        }
        nodes = (int) Math.min(Integer.MAX_VALUE, nodes + target.weight());
        if (nodes > LARGEST) {
            throw tooLarge(use.span());
        }
        return target.usedAt(use);
    }

    private Stop tooLarge(Span span) {
        return new Stop(error(
                Code.YAML_LIMIT,
                span,
                "the document comes to more than " + LARGEST + " values, with every alias written out"));
    }

    private Scalar scalar(ScalarEvent event) {
        String tag = tag(event.getTag(), event);
        ScalarType type = switch (tag) {
            case "" -> event.isPlain() ? CoreSchema.typeOf(event.getValue()) : ScalarType.TEXT;
            case "str" -> ScalarType.TEXT;
            case "null" -> ScalarType.NULL;
            case "bool" -> ScalarType.BOOL;
            case "int" -> ScalarType.INT;
            case "float" -> ScalarType.FLOAT;
            default -> {
                unknownTag(event, event.getTag().orElse(""));
                yield ScalarType.TEXT;
            }
        };
        boolean agrees = switch (type) {
            case TEXT, UNKNOWN -> true;
            case FLOAT -> CoreSchema.isNumber(event.getValue());
            default -> CoreSchema.typeOf(event.getValue()) == type;
        };
        if (!agrees) {
            diagnostics.add(error(
                    Code.YAML_FEATURE,
                    place(event).span(),
                    "the tag '!!" + tag + "' does not fit " + Printable.quote(event.getValue())));
        }
        return new Scalar(place(event), event.getValue(), agrees ? type : ScalarType.TEXT, event.isPlain());
    }

    private Sequence sequence(SequenceStartEvent start, int depth) {
        collectionTag(start, start.getTag(), "seq");
        List<YamlNode> items = new ArrayList<>();
        Event event = events.next();
        while (event.getEventId() != Event.ID.SequenceEnd) {
            items.add(node(event, depth + 1));
            event = events.next();
        }
        return Sequence.of(place(start, event), items);
    }

    private Mapping mapping(MappingStartEvent start, int depth) {
        collectionTag(start, start.getTag(), "map");
        Map<String, Entry> own = new LinkedHashMap<>();
        List<Entry> merges = new ArrayList<>();
        Event event = events.next();
        while (event.getEventId() != Event.ID.MappingEnd) {
            YamlNode key = node(event, depth + 1);
            YamlNode value = node(events.next(), depth + 1);
            if (key instanceof Scalar scalar && scalar.isUnknown()) {
                keysAreKnown = false;
            } else if (!(key instanceof Scalar name)) {
                diagnostics.add(error(
                        Code.YAML_FEATURE, key.place().span(), "a key is one word, but this is " + key.describe()));
            } else if (name.plain() && name.text().equals(MERGE)) {
                merges.add(new Entry(name, value));
            } else {
                Entry before = own.putIfAbsent(name.text(), new Entry(name, value));
                if (before != null) {
                    duplicate(before.key(), name);
                }
            }
            event = events.next();
        }
        Place place = place(start, event);
        return Mapping.of(place, merges.isEmpty() ? List.copyOf(own.values()) : merged(own, merges));
    }

    private void duplicate(Scalar first, Scalar second) {
        diagnostics.add(error(
                        Code.DUPLICATE_KEY,
                        second.place().span(),
                        "the key " + Printable.quote(second.text()) + " is set twice")
                .withRelated(first.place().span(), "first set here")
                .withHelp("remove one of the two"));
    }

    /** The mapping's own keys win over merged ones, and earlier merged mappings over later (the merge key type of YAML 1.1). */
    private List<Entry> merged(Map<String, Entry> own, List<Entry> merges) {
        Map<String, Entry> all = new LinkedHashMap<>(own);
        if (merges.size() > 1) {
            duplicate(merges.get(0).key(), merges.get(1).key());
        }
        for (Entry merge : merges) {
            List<YamlNode> sources = merge.value() instanceof Sequence list ? list.items() : List.of(merge.value());
            for (YamlNode from : sources) {
                if (from instanceof Mapping mapping) {
                    mapping.entries().forEach(e -> all.putIfAbsent(e.key().text(), e));
                } else if (from instanceof Scalar scalar && scalar.isUnknown()) {
                    keysAreKnown = false;
                } else {
                    Place at = from.place().alias() == null
                            ? from.place()
                            : from.place().alias();
                    diagnostics.add(error(
                            Code.WRONG_TYPE,
                            at.span(),
                            "'<<' merges a map, or a list of maps, but this is " + from.describe()));
                }
            }
        }
        return List.copyOf(all.values());
    }

    private void collectionTag(Event event, Optional<String> tag, String wanted) {
        String given = tag(tag, event);
        if (!given.isEmpty() && !given.equals(wanted)) {
            unknownTag(event, tag.orElse(""));
        }
    }

    private void unknownTag(Event event, String tag) {
        diagnostics.add(error(
                        Code.YAML_FEATURE,
                        place(event).span(),
                        "specs do not use the tag " + Printable.quote(CoreSchema.shortTag(tag)))
                .withHelp("remove the tag"));
    }

    /** The core schema's name of a tag; empty for none, and for {@code !}, which only says that a scalar is text. */
    private static String tag(Optional<String> tag, Event event) {
        if (tag.isEmpty()) {
            return "";
        }
        if (tag.get().equals("!")) {
            return event instanceof ScalarEvent ? "str" : "";
        }
        return tag.get().startsWith(CoreSchema.PREFIX) ? tag.get().substring(CoreSchema.PREFIX.length()) : "?";
    }

    private Diagnostic error(Code code, Span span, String message) {
        return Diagnostic.at(Severity.ERROR, code, span, "", message);
    }

    private Place place(Event event) {
        return place(event, event);
    }

    private Place place(Event first, Event last) {
        int start = first.getStartMark().map(Mark::getIndex).orElse(0) + from;
        int end = last.getEndMark().map(Mark::getIndex).orElse(0) + from;
        return new Place(source, source.offsetOfPoint(start), source.offsetOfPoint(end));
    }
}
