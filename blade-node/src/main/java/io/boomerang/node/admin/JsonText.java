package io.boomerang.node.admin;

import java.util.Locale;

/// Writes JSON (RFC 8259), one value after the other. Whoever calls it sees to it that objects and
/// arrays are closed in order.
final class JsonText {
    private final StringBuilder text = new StringBuilder();
    private boolean first = true;

    JsonText beginObject() {
        return begin('{');
    }

    JsonText endObject() {
        return end('}');
    }

    JsonText beginArray() {
        return begin('[');
    }

    JsonText endArray() {
        return end(']');
    }

    private JsonText begin(final char bracket) {
        separate();
        text.append(bracket);
        first = true;
        return this;
    }

    private JsonText end(final char bracket) {
        text.append(bracket);
        first = false;
        return this;
    }

    private void separate() {
        if (!first) {
            text.append(',');
        }
        first = false;
    }

    /// What follows is the value of this field.
    JsonText name(final String name) {
        separate();
        quote(name);
        text.append(':');
        first = true;
        return this;
    }

    JsonText field(final String name, final String value) {
        name(name);
        return value(value);
    }

    JsonText field(final String name, final long value) {
        name(name);
        return value(value);
    }

    JsonText field(final String name, final boolean value) {
        name(name);
        separate();
        text.append(value);
        return this;
    }

    JsonText value(final String value) {
        separate();
        quote(value);
        return this;
    }

    JsonText value(final long value) {
        separate();
        text.append(value);
        return this;
    }

    /// @param value a finite one
    JsonText value(final double value) {
        separate();
        text.append(number(value));
        return this;
    }

    JsonText nullValue() {
        separate();
        text.append("null");
        return this;
    }

    /// A value that is JSON already.
    JsonText verbatim(final String json) {
        separate();
        text.append(json);
        return this;
    }

    /// Whole numbers without a fraction; as the exposition format has them, too.
    static String number(final double value) {
        return value == Math.rint(value) && Math.abs(value) < 1e18
                ? Long.toString((long) value)
                : Double.toString(value);
    }

    private void quote(final String value) {
        text.append('"');
        for (int i = 0; i < value.length(); i++) {
            final char c = value.charAt(i);
            switch (c) {
                case '"' -> text.append("\\\"");
                case '\\' -> text.append("\\\\");
                case '\n' -> text.append("\\n");
                default -> {
                    if (c < ' ' || Character.isSurrogate(c)) {
                        text.append(String.format(Locale.ROOT, "\\u%04x", (int) c));
                    } else {
                        text.append(c);
                    }
                }
            }
        }
        text.append('"');
    }

    int length() {
        return text.length();
    }

    @Override
    public String toString() {
        return text.toString();
    }
}
