package io.boomerang.node.admin;

import java.util.Base64;

/// One frame as it passed a node.
///
/// @param point where it passed: `outside-in`, `backplane-out`, `backplane-in` or `outside-out`
/// @param atNs when, in nanoseconds since 1970
/// @param peer name of the node that it went to or came from; empty outside
/// @param note what steered it, for people; empty outside
/// @param base64 its bytes, without the headers that steer it
public record CapturedFrame(String point, long atNs, String peer, String note, String base64) {
    /// A frame with these bytes.
    public static CapturedFrame of(
            final String point,
            final long atNs,
            final String peer,
            final String note,
            final byte[] bytes) {
        return new CapturedFrame(
                point, atNs, peer, note, Base64.getEncoder().encodeToString(bytes));
    }
}
