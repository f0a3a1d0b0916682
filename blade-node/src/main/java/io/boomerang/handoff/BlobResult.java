package io.boomerang.handoff;

/// What {@link ConnectionBlob#decode} made of bytes.
public sealed interface BlobResult {
    /// The connection.
    record Decoded(ConnectionState state) implements BlobResult {}

    /// Fewer bytes than the blob says it has, or than its header needs.
    record Truncated(long length, long expectedLength) implements BlobResult {}

    /// The first four bytes are not those of a blob.
    record NoBlob(int magic) implements BlobResult {}

    /// The sender speaks another version of the format than this node.
    record UnknownVersion(int version, int knownVersion) implements BlobResult {}

    /// The bytes are not those that were sent.
    record BadChecksum(int stated, int computed) implements BlobResult {}

    /// The bytes came as they were sent, but are no connection.
    record Invalid(String reason) implements BlobResult {}

    /// One line for the log.
    default String describe() {
        return switch (this) {
            case Decoded(var state) -> "connection " + state.local() + " - " + state.remote();
            case Truncated(long length, long expected) ->
                    "truncated: " + length + " bytes of " + expected;
            case NoBlob(int magic) -> "no blob: it begins with %08x".formatted(magic);
            case UnknownVersion(int version, int known) ->
                    "blob version " + version + " is unknown here; this node knows " + known;
            case BadChecksum(int stated, int computed) ->
                    "bad checksum: stated %08x, computed %08x".formatted(stated, computed);
            case Invalid(String reason) -> "invalid: " + reason;
        };
    }
}
