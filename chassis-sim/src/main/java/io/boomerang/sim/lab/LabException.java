package io.boomerang.sim.lab;

/// A laboratory that cannot be built or taken down; the message is for people.
public final class LabException extends Exception {
    private static final long serialVersionUID = 1L;

    LabException(final String message) {
        super(message);
    }
}
