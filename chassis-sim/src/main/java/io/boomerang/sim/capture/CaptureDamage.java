package io.boomerang.sim.capture;

/// Where a capture file stops being one. Everything before that place was read.
///
/// @param offset in bytes from the start of the file, of the uncompressed file where it is
///   compressed
/// @param problem what was expected there, and what was found
public record CaptureDamage(long offset, String problem) {
    @Override
    public String toString() {
        return "damaged at byte " + offset + ": " + problem;
    }
}
