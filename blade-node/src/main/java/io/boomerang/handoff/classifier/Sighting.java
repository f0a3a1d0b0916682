package io.boomerang.handoff.classifier;

/// What the first bytes of a connection turned out to be.
public sealed interface Sighting {
    /// More bytes are needed to tell.
    record Incomplete() implements Sighting {}

    /// A TLS client that names the server it wants (RFC 6066, 3); in lower case, empty if it does
    /// not.
    record Tls(String serverName) implements Sighting {}

    /// An HTTP/1 request: host in lower case without port, empty if there is none; path as it
    /// stands.
    record Http1(String method, String host, String path) implements Sighting {}

    /// HTTP/2 with prior knowledge (RFC 9113, 3.3); its requests are compressed and not read.
    record Http2() implements Sighting {}

    /// Something else, or a protocol of these spoken wrongly.
    record Unknown(String reason) implements Sighting {}
}
