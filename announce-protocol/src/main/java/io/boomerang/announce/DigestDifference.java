package io.boomerang.announce;

/// A blade answers {@link SessionDigests}: in these partitions it has other sessions.
///
/// Known since format 2, as the question.
///
/// @param pullId of the digests' round
/// @param partitions a bit for each, the lowest for partition 0; 0 when all sessions are the same
public record DigestDifference(int pullId, long partitions) implements ControlMessage {
    @Override
    public int firstFormat() {
        return SessionDigests.FIRST_FORMAT;
    }
}
