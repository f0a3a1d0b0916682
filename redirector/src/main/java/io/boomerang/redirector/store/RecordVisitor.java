package io.boomerang.redirector.store;

/// Takes in what a file of sessions holds.
@FunctionalInterface
public interface RecordVisitor {
    /// Takes a record in; answers whether a session looks like that.
    ///
    /// @param record whole by its seal; valid during the call
    boolean onRecord(byte[] record);
}
