package io.boomerang.cluster;

import io.boomerang.announce.BucketTableUpdate;
import io.boomerang.flow.FlowRules;

import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;

/// What every node of a chassis must agree on: two that differ would steer one flow to two blades.
/// Its digest travels with each member, and a member whose digest differs is refused.
///
/// @param hashKey0 first half of the secret key of the flow hash
/// @param hashKey1 second half
/// @param bucketCount a power of two
/// @param flowRules which packets make a flow
public record ClusterParameters(
        long hashKey0, long hashKey1, int bucketCount, FlowRules flowRules) {
    public static final ClusterParameters DEFAULTS =
            new ClusterParameters(
                    0x626F6F6D6572616EL, 0x672066_6C6F7773L, 65_536, FlowRules.DEFAULTS);

    /// Names the layout below, so that parameters added later change every digest.
    private static final byte[] DIGEST_DOMAIN =
            "boomerang cluster parameters 1".getBytes(StandardCharsets.US_ASCII);

    public ClusterParameters {
        if (Integer.bitCount(bucketCount) != 1
                || bucketCount < 1
                || bucketCount > BucketTableUpdate.MAX_BUCKETS) {
            throw new IllegalArgumentException(
                    "bucketCount "
                            + bucketCount
                            + " is not a power of two in 1.."
                            + BucketTableUpdate.MAX_BUCKETS);
        }
    }

    /// Equal for equal parameters on every machine; does not tell the hash key.
    public long digest() {
        final ByteBuffer fields = ByteBuffer.allocate(22);
        fields.putLong(hashKey0).putLong(hashKey1).putInt(bucketCount);
        fields.put((byte) (flowRules.innerOfTunnels() ? 1 : 0));
        fields.put((byte) (flowRules.vlanInKey() ? 1 : 0));
        try {
            final MessageDigest sha = MessageDigest.getInstance("SHA-256");
            sha.update(DIGEST_DOMAIN);
            return ByteBuffer.wrap(sha.digest(fields.array())).getLong();
        } catch (final NoSuchAlgorithmException e) {
            throw new AssertionError("every Java platform has SHA-256", e);
        }
    }

    /// Without the hash key, which is a secret.
    @Override
    public String toString() {
        return "ClusterParameters[digest=%016x, bucketCount=%d, flowRules=%s]"
                .formatted(digest(), bucketCount, flowRules);
    }
}
