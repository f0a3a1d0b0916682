package io.boomerang.handoff.classifier;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertInstanceOf;
import static org.junit.jupiter.api.Assertions.assertNotNull;
import static org.junit.jupiter.api.Assertions.assertNull;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.boomerang.handoff.Octets;
import io.boomerang.handoff.Seeds;
import io.boomerang.handoff.classifier.Sighting.Http1;
import io.boomerang.handoff.classifier.Sighting.Http2;
import io.boomerang.handoff.classifier.Sighting.Incomplete;
import io.boomerang.handoff.classifier.Sighting.Tls;
import io.boomerang.handoff.classifier.Sighting.Unknown;

import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.MethodSource;

import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.security.NoSuchAlgorithmException;
import java.util.List;
import java.util.random.RandomGenerator;

import javax.net.ssl.SNIHostName;
import javax.net.ssl.SSLContext;
import javax.net.ssl.SSLEngine;
import javax.net.ssl.SSLException;
import javax.net.ssl.SSLParameters;

class ClassifierTest {
    private static final int RECORD_HEADER = 5;

    private static final Classifier CLASSIFIER =
            new Classifier(
                    List.of(
                            new ClassifierRule.Prefix(octets("SSH-"), "ssh"),
                            new ClassifierRule.ServerName("*.example.org", "tls"),
                            new ClassifierRule.HttpPath("www.example.org", "/images/", "images"),
                            new ClassifierRule.HttpPath("", "/", "web"),
                            new ClassifierRule.Http2Preface("http2")),
                    "default",
                    4_096,
                    1_000);

    /// A hello of the JDK's own client.
    private static byte[] hello(final String name) throws SSLException, NoSuchAlgorithmException {
        final SSLEngine engine = SSLContext.getDefault().createSSLEngine();
        engine.setUseClientMode(true);
        final SSLParameters parameters = engine.getSSLParameters();
        if (!name.isEmpty()) {
            parameters.setServerNames(List.of(new SNIHostName(name)));
        }
        engine.setSSLParameters(parameters);
        final ByteBuffer records = ByteBuffer.allocate(engine.getSession().getPacketBufferSize());
        engine.wrap(ByteBuffer.allocate(0), records);
        final byte[] bytes = new byte[records.flip().remaining()];
        records.get(bytes);
        return bytes;
    }

    @Test
    void shouldReadTheServerNameOfAClientHello() throws Exception {
        assertEquals(new Tls("shop.example.org"), look(hello("Shop.Example.org")));
        assertEquals(new Tls(""), look(hello("")));
        assertEquals("tls", choose(hello("shop.example.org"), 0));
        assertEquals("default", choose(hello("example.org"), 0));
    }

    @Test
    void shouldReadAHelloInManyRecords() throws Exception {
        final byte[] whole = hello("a.example.org");
        for (int size = 1; size < 100; size += 7) {
            final ByteBuffer pieces = ByteBuffer.allocate(whole.length * (RECORD_HEADER + 1));
            for (int at = RECORD_HEADER; at < whole.length; at += size) {
                final int length = Math.min(size, whole.length - at);
                pieces.put(whole, 0, 3).putShort((short) length).put(whole, at, length);
            }

            assertEquals(new Tls("a.example.org"), FirstBytes.look(pieces.flip()));
        }
    }

    @Test
    void shouldWaitForTheRestOfAnything() throws Exception {
        for (final byte[] bytes :
                List.of(
                        hello("a.example.org"),
                        ascii("GET /x HTTP/1.1\r\nHost: www.example.org\r\n\r\n"),
                        ascii("PRI * HTTP/2.0\r\n\r\nSM\r\n\r\n"))) {
            for (int length = 0; length < bytes.length; length++) {
                final ByteBuffer start = ByteBuffer.wrap(bytes, 0, length);
                assertInstanceOf(Incomplete.class, FirstBytes.look(start), "length " + length);
                assertNull(CLASSIFIER.choose(start, false, 0));
            }
            assertNotNull(CLASSIFIER.choose(ByteBuffer.wrap(bytes), false, 0));
        }
    }

    @ParameterizedTest
    @CsvSource(
            delimiter = '|',
            textBlock =
                    """
                    GET /images/a.png HTTP/1.1~Host: WWW.example.org:8080~~  | images
                    GET http://www.example.org/images/ HTTP/1.1~Host: x~~     | images
                    POST / HTTP/1.0~~                                        | web
                    GET / HTTP/1.1~Host: [2001:db8::1]:80~~                   | web
                    PRI * HTTP/2.0~~SM~~                                     | http2
                    GET / HTTP/1.1~Host: a~Host: b~~                          | default
                    GET / HTTP/1.1~Host : a~~                                | default
                    GET / HTTP/1.1~Host: a b~~                               | default
                    GET / HTTP/1.1~X: y~ Host: a~~                            | default
                    GET  / HTTP/1.1~~                                        | default
                    GET / HTTP/3.0~~                                         | default
                    SSH-2.0-OpenSSH_9.6~                                     | ssh
                    hello~                                                   | default
                    """)
    void shouldChooseByTheFirstBytes(final String text, final String host) {
        assertEquals(host, choose(ascii(text.replace("~", "\r\n")), 0));
    }

    @Test
    void shouldReadHostAndPath() {
        assertEquals(
                new Http1("GET", "www.example.org", "/a?b"),
                look(ascii("GET /a?b HTTP/1.1\r\nAccept: */*\r\nhost:www.example.org \r\n\r\n")));
        assertEquals(new Http2(), look(ascii("PRI * HTTP/2.0\r\n\r\nSM\r\n\r\nmore")));
        assertEquals(
                new Unknown("two Host fields"),
                look(ascii("GET / HTTP/1.1\r\nHost: a\r\nHOST: a\r\n\r\n")));
    }

    @Test
    void shouldNotWaitForEver() {
        final byte[] slow = ascii("GET /" + "x".repeat(5_000));
        final ByteBuffer start = ByteBuffer.wrap(slow, 0, 100);

        assertNull(CLASSIFIER.choose(start, false, 999));
        assertEquals("default", CLASSIFIER.choose(start, false, 1_000));
        assertEquals("default", CLASSIFIER.choose(start, true, 0));
        assertEquals("default", CLASSIFIER.choose(ByteBuffer.wrap(slow), false, 0));
        assertEquals("default", CLASSIFIER.choose(ByteBuffer.allocate(0), true, 0));
    }

    @ParameterizedTest(name = "seed {0}")
    @MethodSource("io.boomerang.handoff.Seeds#seeds")
    void shouldStandAnyBytes(final long seed) throws Exception {
        final RandomGenerator random = Seeds.random(seed);
        final byte[] hello = hello("a.example.org");
        final byte[] request = ascii("GET / HTTP/1.1\r\nHost: www.example.org\r\n\r\n");
        for (int i = 0; i < 500; i++) {
            final byte[] bytes = (random.nextBoolean() ? hello : request).clone();
            for (int changes = random.nextInt(8); changes >= 0; changes--) {
                bytes[1 + random.nextInt(bytes.length - 1)] = (byte) random.nextInt();
            }
            final ByteBuffer buffer = ByteBuffer.wrap(bytes);

            assertNotNull(CLASSIFIER.choose(buffer, true, 0));
            assertEquals(bytes.length, buffer.remaining());
        }
        assertTrue(hello.length > 100);
    }

    private static String choose(final byte[] bytes, final long ageNs) {
        final String host = CLASSIFIER.choose(ByteBuffer.wrap(bytes), false, ageNs);
        return host == null ? "waits" : host;
    }

    private static Sighting look(final byte[] bytes) {
        return FirstBytes.look(ByteBuffer.wrap(bytes));
    }

    private static Octets octets(final String text) {
        return Octets.of(ascii(text));
    }

    private static byte[] ascii(final String text) {
        return text.getBytes(StandardCharsets.US_ASCII);
    }
}
