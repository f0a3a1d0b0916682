package io.boomerang.node.admin;

/// A node did not answer an operator in time, has too many questions already, or has ended.
public final class NodeBusyException extends Exception {
    private static final long serialVersionUID = 1L;

    public NodeBusyException(final String message) {
        super(message);
    }
}
