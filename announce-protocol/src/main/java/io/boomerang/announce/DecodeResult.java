package io.boomerang.announce;

import java.util.List;

/// What {@link MessageCodec#decode} made of bytes. Everything but {@link Decoded} is a refusal of
/// the whole batch: no message of it counts.
public sealed interface DecodeResult {
    /// The messages, in the order in which they were appended.
    record Decoded(List<ControlMessage> messages) implements DecodeResult {
        public Decoded {
            messages = List.copyOf(messages);
        }
    }

    /// Fewer bytes than the batch says it has.
    record Truncated(int length, int expectedLength) implements DecodeResult {}

    /// The bytes are not those that were sent.
    record BadChecksum(int stated, int computed) implements DecodeResult {}

    /// The sender wrote a version of the format that this node does not read.
    record UnknownVersion(int version, FormatRange known) implements DecodeResult {}

    /// A message of a type that this version of the format does not have.
    record UnknownType(int type) implements DecodeResult {}

    /// Something else is wrong with the bytes.
    record Invalid(String reason) implements DecodeResult {}

    /// One line for the log.
    default String describe() {
        return switch (this) {
            case Decoded(var messages) -> messages.size() + " messages";
            case Truncated(int length, int expected) ->
                    "truncated: " + length + " bytes of " + expected;
            case BadChecksum(int stated, int computed) ->
                    "bad checksum: stated %08x, computed %08x".formatted(stated, computed);
            case UnknownVersion(int version, FormatRange known) ->
                    "format version " + version + " is unknown here; this node knows " + known;
            case UnknownType(int type) -> "unknown message type " + type;
            case Invalid(String reason) -> "invalid: " + reason;
        };
    }
}
