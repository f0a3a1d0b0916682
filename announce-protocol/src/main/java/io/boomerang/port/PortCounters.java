package io.boomerang.port;

/// What became of a port's frames since it was opened.
///
/// @param received were given to the owner of the port
/// @param sent were taken by the interface
/// @param ringDrops arrived while the port's receive ring was full, or could not be described by
///   the kernel
/// @param tooLong were longer than the interface's MTU allows: arrived so, or should have been sent
/// @param notSegmented were super-frames of a kind that the port cannot cut up
/// @param notSent were queued when the interface went down or away
public record PortCounters(
        long received, long sent, long ringDrops, long tooLong, long notSegmented, long notSent) {}
