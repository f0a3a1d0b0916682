package io.boomerang.redirector.store;

/// What the records of a store are.
public enum StoreKind {
    /// The sessions of a redirector, {@link StoredSession}.
    REDIRECTOR("redirector"),
    /// The marker sessions of a blade.
    BLADE("blade");

    private final String label;

    StoreKind(final String label) {
        this.label = label;
    }

    /// The word for it in labels and reports.
    public String label() {
        return label;
    }
}
