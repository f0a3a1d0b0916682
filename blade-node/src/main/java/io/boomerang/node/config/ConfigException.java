package io.boomerang.node.config;

import java.util.List;

/// A chassis file that cannot be used. Each line of the message is one complaint and names file,
/// line, column and field; they are all there are.
public final class ConfigException extends Exception {
    private static final long serialVersionUID = 1L;

    private final transient List<String> complaints;

    ConfigException(final List<String> complaints) {
        super(String.join(System.lineSeparator(), complaints));
        this.complaints = List.copyOf(complaints);
    }

    /// In the order of the file.
    public List<String> complaints() {
        return complaints;
    }
}
