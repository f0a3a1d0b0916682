package io.boomerang.node.config;

import io.boomerang.node.config.Complaints.Place;

import org.jspecify.annotations.Nullable;
import org.snakeyaml.engine.v2.nodes.MappingNode;
import org.snakeyaml.engine.v2.nodes.Node;
import org.snakeyaml.engine.v2.nodes.NodeTuple;
import org.snakeyaml.engine.v2.nodes.ScalarNode;
import org.snakeyaml.engine.v2.nodes.SequenceNode;

import java.net.InetAddress;
import java.util.ArrayList;
import java.util.HexFormat;
import java.util.LinkedHashMap;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Set;
import java.util.function.LongFunction;
import java.util.regex.Pattern;
import java.util.stream.Collectors;

/// One mapping of the file. Each field is asked for by name, with what it may be; what is wrong is
/// complained of, and something harmless answered in its place. A field that nobody has asked for
/// is unknown: {@link #end} complains of it.
///
/// A section that the file leaves out has no fields.
final class Section {
    /// IFNAMSIZ (linux/if.h), less the zero at the end.
    private static final Pattern INTERFACE = Pattern.compile("[^/\\s:]{1,15}");

    private static final Pattern MAC = Pattern.compile("[0-9a-fA-F]{2}(:[0-9a-fA-F]{2}){5}");

    private final Complaints complaints;
    private final String path;
    private final Place place;
    private final Map<String, Node> fields = new LinkedHashMap<>();
    private final Map<String, Place> keys = new LinkedHashMap<>();
    private final Set<String> asked = new LinkedHashSet<>();

    /// @param path where it stands, `blades[2].redirector`; empty for the whole file
    Section(
            final Complaints complaints,
            final String path,
            final Place place,
            final @Nullable Node node) {
        this.complaints = complaints;
        this.path = path;
        this.place = place;
        if (node instanceof final MappingNode mapping) {
            mapping.getValue().forEach(this::take);
        } else if (node != null) {
            complaints.add(placeOf(node), nameOf("") + ": expected fields, found " + kind(node));
        }
    }

    private void take(final NodeTuple tuple) {
        if (!(tuple.getKeyNode() instanceof final ScalarNode key)) {
            complaints.add(placeOf(tuple.getKeyNode()), nameOf("") + ": a field's name is a word");
            return;
        }
        final Place first = keys.putIfAbsent(key.getValue(), placeOf(key));
        if (first != null) {
            complaints.add(
                    placeOf(key),
                    nameOf(key.getValue()) + ": stands here again, after line " + first.line());
            return;
        }
        fields.put(key.getValue(), tuple.getValueNode());
    }

    static Place placeOf(final Node node) {
        return node.getStartMark()
                .map(mark -> new Place(mark.getLine() + 1, mark.getColumn() + 1))
                .orElse(Place.START);
    }

    private static String kind(final Node node) {
        return switch (node) {
            case MappingNode _ -> "fields";
            case SequenceNode _ -> "a list";
            case final ScalarNode scalar ->
                    scalar.getValue().isEmpty() ? "nothing" : "'" + scalar.getValue() + "'";
            default -> "something else";
        };
    }

    private String nameOf(final String field) {
        if (path.isEmpty()) {
            return field.isEmpty() ? "chassis file" : field;
        }
        return field.isEmpty() ? path : path + "." + field;
    }

    // Complaints

    /// Complains of a field's value, or of the section where the field is left out.
    void complain(final String field, final String message) {
        final Node node = fields.get(field);
        complaints.add(node == null ? place : placeOf(node), nameOf(field) + ": " + message);
    }

    /// Complains of the section as a whole.
    void complain(final String message) {
        complaints.add(place, nameOf("") + ": " + message);
    }

    boolean has(final String field) {
        asked.add(field);
        return fields.containsKey(field);
    }

    /// Complains of every field that nobody has asked for.
    void end() {
        keys.forEach((field, where) -> {
            if (!asked.contains(field)) {
                final Set<String> absent = new LinkedHashSet<>(asked);
                absent.removeAll(keys.keySet());
                final String meant = Suggestion.nearest(field, absent);
                complaints.add(
                        where,
                        nameOf(field)
                                + ": no such field"
                                + (meant == null
                                        ? "; there are " + String.join(", ", asked)
                                        : "; did you mean " + meant + "?"));
            }
        });
    }

    // Values

    private @Nullable String scalar(final String field) {
        asked.add(field);
        final Node node = fields.get(field);
        if (node == null) {
            return null;
        }
        if (node instanceof final ScalarNode scalar && !scalar.getValue().isBlank()) {
            return scalar.getValue().strip();
        }
        complain(field, "expected a value, found " + kind(node));
        return null;
    }

    private boolean isGiven(final String field) {
        if (!fields.containsKey(field)) {
            complain(field, "is missing");
            return false;
        }
        return true;
    }

    /// Empty when there is none, which has been complained of.
    String text(final String field) {
        final String text = scalar(field);
        if (text == null) {
            isGiven(field);
            return "";
        }
        return text;
    }

    String text(final String field, final String otherwise) {
        final String text = scalar(field);
        return text == null ? otherwise : text;
    }

    int number(final String field, final int least, final int most) {
        final int number = number(field, least, least, most);
        isGiven(field);
        return number;
    }

    int number(final String field, final int otherwise, final int least, final int most) {
        final String text = scalar(field);
        if (text == null) {
            return otherwise;
        }
        if (!text.matches("-?\\d{1,18}")) {
            complain(field, "'" + text + "' is no whole number");
            return otherwise;
        }
        final long number = Long.parseLong(text);
        return isWithin(field, number, least, most, String::valueOf) ? (int) number : otherwise;
    }

    /// A duration, in milliseconds.
    int durationMs(final String field, final int otherwise, final int least, final int most) {
        final String text = scalar(field);
        final Long ms = text == null ? null : Quantity.durationMs(text);
        if (text != null && ms == null) {
            complain(field, "'" + text + "' is no duration such as 200ms, 10s or 2h4m");
        }
        return ms != null && isWithin(field, ms, least, most, Quantity::durationText)
                ? ms.intValue()
                : otherwise;
    }

    int bytes(final String field, final int otherwise, final int least, final int most) {
        final String text = scalar(field);
        final Long bytes = text == null ? null : Quantity.bytes(text);
        if (text != null && bytes == null) {
            complain(field, "'" + text + "' is no size such as 65536, 64KiB or 4MiB");
        }
        return bytes != null && isWithin(field, bytes, least, most, Quantity::sizeText)
                ? bytes.intValue()
                : otherwise;
    }

    private boolean isWithin(
            final String field,
            final long value,
            final long least,
            final long most,
            final LongFunction<String> text) {
        if (value < least || value > most) {
            complain(
                    field,
                    text.apply(value)
                            + " is outside "
                            + text.apply(least)
                            + ".."
                            + text.apply(most));
            return false;
        }
        return true;
    }

    boolean flag(final String field, final boolean otherwise) {
        final String text = scalar(field);
        if (text == null) {
            return otherwise;
        }
        if (!text.equals("true") && !text.equals("false")) {
            complain(field, "'" + text + "' is neither true nor false");
            return otherwise;
        }
        return text.equals("true");
    }

    <E extends Enum<E>> E choice(final String field, final E otherwise) {
        final String text = scalar(field);
        if (text == null) {
            return otherwise;
        }
        final List<E> constants = List.of(otherwise.getDeclaringClass().getEnumConstants());
        for (final E constant : constants) {
            if (word(constant).equals(text)) {
                return constant;
            }
        }
        complain(
                field,
                "'"
                        + text
                        + "' is none of "
                        + constants.stream().map(Section::word).collect(Collectors.joining(", ")));
        return otherwise;
    }

    private static String word(final Enum<?> constant) {
        return constant.name().toLowerCase(Locale.ROOT).replace('_', '-');
    }

    /// An address as it is written, never a name that has to be looked up; null when there is none,
    /// which has been complained of.
    @Nullable InetAddress address(final String field) {
        final String text = scalar(field);
        if (text == null) {
            isGiven(field);
            return null;
        }
        try {
            return InetAddress.ofLiteral(text);
        } catch (final IllegalArgumentException e) {
            complain(field, "'" + text + "' is no IPv4 or IPv6 address");
            return null;
        }
    }

    /// An Ethernet address, in the low 48 bits.
    long macAddress(final String field, final String otherwise) {
        final String text = text(field, otherwise);
        if (!MAC.matcher(text).matches()) {
            complain(field, "'" + text + "' is not six bytes as " + otherwise);
            return HexFormat.fromHexDigitsToLong(otherwise.replace(":", ""));
        }
        return HexFormat.fromHexDigitsToLong(text.replace(":", ""));
    }

    /// The name of an interface; empty when there is none, which has been complained of.
    String interfaceName(final String field) {
        final String name = text(field);
        if (!name.isEmpty() && !INTERFACE.matcher(name).matches()) {
            complain(field, "'" + name + "' cannot be an interface's name");
        }
        return name;
    }

    /// The values of a list; at least one, or it has been complained of.
    List<String> texts(final String field) {
        final List<String> texts = new ArrayList<>();
        for (final Node entry : entries(field)) {
            if (entry instanceof final ScalarNode scalar && !scalar.getValue().isBlank()) {
                texts.add(scalar.getValue().strip());
            } else {
                complaints.add(
                        placeOf(entry), nameOf(field) + ": expected a value, found " + kind(entry));
            }
        }
        return texts;
    }

    // Sections within

    Section section(final String field) {
        asked.add(field);
        final Node node = fields.get(field);
        return new Section(complaints, nameOf(field), node == null ? place : placeOf(node), node);
    }

    /// The sections of a list; at least one, or it has been complained of.
    List<Section> sections(final String field) {
        final List<Section> sections = new ArrayList<>();
        for (final Node entry : entries(field)) {
            final String name = nameOf(field) + "[" + sections.size() + "]";
            sections.add(new Section(complaints, name, placeOf(entry), entry));
        }
        return sections;
    }

    private List<Node> entries(final String field) {
        asked.add(field);
        final Node node = fields.get(field);
        if (!isGiven(field) || node == null) {
            return List.of();
        }
        if (!(node instanceof final SequenceNode list)) {
            complain(field, "expected a list, found " + kind(node));
            return List.of();
        }
        if (list.getValue().isEmpty()) {
            complain(field, "is empty");
        }
        return list.getValue();
    }
}
