package io.boomerang.blade.processor;

import java.util.List;

/// A rule file that cannot be used; each line of the message names file, line, column, what was
/// found and what was expected.
public final class RuleFileException extends Exception {
    private static final long serialVersionUID = 1L;

    RuleFileException(final List<String> errors) {
        super(String.join(System.lineSeparator(), errors));
    }
}
