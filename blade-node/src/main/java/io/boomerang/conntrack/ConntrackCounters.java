package io.boomerang.conntrack;

/// What came from a kernel's connection tracking.
///
/// @param events messages about connections and expectations
/// @param malformed what came and made no sense
/// @param overruns how often the socket's buffer was full, so that events are lost
/// @param dumps how often all connections were asked for, because events may have been missed
/// @param questions connections that were asked for by their tuple
/// @param unknown those of them that the kernel did not know
public record ConntrackCounters(
        long events, long malformed, long overruns, long dumps, long questions, long unknown) {}
