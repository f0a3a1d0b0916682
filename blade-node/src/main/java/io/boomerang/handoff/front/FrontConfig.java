package io.boomerang.handoff.front;

import io.boomerang.handoff.classifier.Classifier;

import java.net.InetSocketAddress;
import java.util.List;
import java.util.concurrent.TimeUnit;

/// Where clients come in, and how much of them is borne.
///
/// @param addresses virtual ones, of this node too; at least one
/// @param classifier which service a client wants, and how many bytes and how long it may take to
///   say so
/// @param maxConnections that are waited for at a time, in connections; one more, and the one that
///   has waited longest is decided on at once
/// @param hostsTried how many hosts are asked to take a connection before it is reset
public record FrontConfig(
        List<InetSocketAddress> addresses,
        Classifier classifier,
        int maxConnections,
        int hostsTried) {
    /// A connection that cannot be moved at this moment is tried again after this time.
    static final long RETRY_NS = TimeUnit.MILLISECONDS.toNanos(5);

    /// How often: data that came out of order has the time of several round trips to be whole.
    static final int RETRIES = 200;

    /// How long a connection waits at most while there is no way to any host: as long as it takes
    /// to start a redirector anew, several times over.
    static final long NO_WAY_NS = TimeUnit.SECONDS.toNanos(30);

    /// How many connections the kernel keeps until they are accepted.
    static final int BACKLOG = 4_096;

    /// Then those that are there have their turn.
    static final int ACCEPTED_AT_ONCE = 64;

    public FrontConfig {
        addresses = List.copyOf(addresses);
        if (addresses.isEmpty()) {
            throw new IllegalArgumentException("clients need an address to come to");
        }
        if (maxConnections <= 0 || hostsTried <= 0) {
            throw new IllegalArgumentException(
                    "limits are " + maxConnections + " connections, " + hostsTried + " hosts");
        }
    }
}
