package io.boomerang.handoff.classifier;

import io.boomerang.handoff.Octets;
import io.boomerang.handoff.classifier.Sighting.Http1;
import io.boomerang.handoff.classifier.Sighting.Http2;
import io.boomerang.handoff.classifier.Sighting.Incomplete;
import io.boomerang.handoff.classifier.Sighting.Tls;
import io.boomerang.handoff.classifier.Sighting.Unknown;

import java.lang.foreign.MemorySegment;
import java.nio.ByteBuffer;
import java.util.Locale;

/// One way to recognize connections, and who serves them. Names are in lower case; `*.` in front of
/// one stands for any name that ends like it.
public sealed interface ClassifierRule {
    /// Whom the connection goes to.
    String host();

    /// Whether the rule fits, given what has come.
    Fit fit(ByteBuffer bytes, Sighting sighting);

    /// What a rule can say.
    enum Fit {
        YES,
        NO,
        /// More bytes decide.
        PERHAPS
    }

    /// TLS to this server.
    record ServerName(String name, String host) implements ClassifierRule {
        @Override
        public Fit fit(final ByteBuffer bytes, final Sighting sighting) {
            return switch (sighting) {
                case Incomplete() -> Fit.PERHAPS;
                case Tls(var serverName) -> of(matches(name, serverName));
                case Http1 _, Http2 _, Unknown _ -> Fit.NO;
            };
        }
    }

    /// HTTP/1 to this host (empty: any) with a path that begins so.
    record HttpPath(String name, String pathPrefix, String host) implements ClassifierRule {
        @Override
        public Fit fit(final ByteBuffer bytes, final Sighting sighting) {
            return switch (sighting) {
                case Incomplete() -> Fit.PERHAPS;
                case Http1(_, var asked, var path) ->
                        of((name.isEmpty() || matches(name, asked)) && path.startsWith(pathPrefix));
                case Tls _, Http2 _, Unknown _ -> Fit.NO;
            };
        }
    }

    /// HTTP/2 with prior knowledge.
    record Http2Preface(String host) implements ClassifierRule {
        @Override
        public Fit fit(final ByteBuffer bytes, final Sighting sighting) {
            return switch (sighting) {
                case Incomplete() -> Fit.PERHAPS;
                case Http2() -> Fit.YES;
                case Tls _, Http1 _, Unknown _ -> Fit.NO;
            };
        }
    }

    /// Whatever begins with these bytes.
    record Prefix(Octets prefix, String host) implements ClassifierRule {
        @Override
        public Fit fit(final ByteBuffer bytes, final Sighting sighting) {
            final int count = Math.min(prefix.length(), bytes.remaining());
            final long difference =
                    MemorySegment.mismatch(
                            prefix.segment(), 0, count, MemorySegment.ofBuffer(bytes), 0, count);
            if (difference >= 0) {
                return Fit.NO;
            }
            return count == prefix.length() ? Fit.YES : Fit.PERHAPS;
        }
    }

    /// Whether clients can name a host so that this name, or pattern of names, fits.
    static boolean isName(final String pattern) {
        final String name = pattern.startsWith("*.") ? pattern.substring(2) : pattern;
        return HostName.isLegal(name) && name.equals(name.toLowerCase(Locale.ROOT));
    }

    private static Fit of(final boolean fits) {
        return fits ? Fit.YES : Fit.NO;
    }

    private static boolean matches(final String pattern, final String name) {
        return pattern.startsWith("*.")
                ? name.length() >= pattern.length() && name.endsWith(pattern.substring(1))
                : pattern.equals(name);
    }
}
