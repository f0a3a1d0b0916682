package io.boomerang.handoff.classifier;

import io.boomerang.handoff.classifier.ClassifierRule.Fit;

import org.jspecify.annotations.Nullable;

import java.nio.ByteBuffer;
import java.util.List;

/// Chooses a host by the first rule that fits. A rule that may still fit is waited for, but only
/// for so many bytes and so long; then the later ones, and the default, have their turn.
///
/// @param maxBytes that a client may send before it is decided on; also how much is kept of it
/// @param maxAgeNs since the connection was accepted
public record Classifier(
        List<ClassifierRule> rules, String defaultHost, int maxBytes, long maxAgeNs) {
    public Classifier {
        rules = List.copyOf(rules);
        if (maxBytes <= 0 || maxAgeNs <= 0) {
            throw new IllegalArgumentException(
                    "limits are " + maxBytes + " bytes and " + maxAgeNs + " ns");
        }
    }

    /// The host for a connection that has sent these bytes; null if it is to be waited for more.
    ///
    /// @param ended the client has closed its side
    public @Nullable String choose(final ByteBuffer bytes, final boolean ended, final long ageNs) {
        final boolean last = ended || bytes.remaining() >= maxBytes || ageNs >= maxAgeNs;
        final Sighting sighting = FirstBytes.look(bytes);
        for (final ClassifierRule rule : rules) {
            final Fit fit = rule.fit(bytes, sighting);
            if (fit == Fit.YES) {
                return rule.host();
            }
            if (fit == Fit.PERHAPS && !last) {
                return null;
            }
        }
        return defaultHost;
    }
}
