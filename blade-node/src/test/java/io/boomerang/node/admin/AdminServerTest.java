package io.boomerang.node.admin;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.boomerang.announce.SelectionPolicy;
import io.boomerang.announce.SteeringRule;
import io.boomerang.cluster.key.ChassisKey;
import io.boomerang.flow.HashKey;
import io.boomerang.node.config.ChassisConfig;

import org.awaitility.Awaitility;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

import java.io.BufferedReader;
import java.io.IOException;
import java.io.InputStreamReader;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.Socket;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermissions;
import java.time.Duration;
import java.util.List;
import java.util.regex.Pattern;
import java.util.stream.Collectors;

class AdminServerTest {
    private static final InetAddress LOOPBACK = InetAddress.ofLiteral("127.0.0.1");
    private static final String TOKEN = "000102030405060708090a0b0c0d0e0f";

    @TempDir private Path directory = Path.of("");

    private final FakeBlade blade = new FakeBlade();
    private @Nullable AdminServer server;

    @BeforeEach
    void writeSecrets() throws IOException {
        final Path key = Files.writeString(directory.resolve("key"), TOKEN);
        Files.setPosixFilePermissions(key, PosixFilePermissions.fromString("rw-------"));
        ChassisKey.generate().store(directory.resolve("chassis.p12"), new char[0]);
    }

    @AfterEach
    void close() {
        if (server != null) {
            server.close();
        }
    }

    private InetSocketAddress open(final String admin) throws Exception {
        final Path file =
                Files.writeString(
                        directory.resolve("chassis.yaml"),
                        """
                        chassis: demo
                        flows: {hash-key-file: key}
                        backplane: {keys: [{id: 1, file: key}]}
                        cluster: {key-file: chassis.p12}
                        admin: {%s}
                        blades:
                          - name: slot-2
                            address: 10.99.0.2
                            redirector: {node: 1, side: ingress, interface: eth1}
                            processor: {node: 3}
                          - {name: b, address: 10.99.0.3, redirector: {node: 2, side: egress, interface: eth1}}
                        """
                                .formatted(admin));
        final AdminServer opened =
                AdminServer.open(
                        ChassisConfig.read(file), blade, new InetSocketAddress(LOOPBACK, 0));
        server = opened;
        return opened.address();
    }

    private AdminClient.Answer ask(final String method, final String path) throws Exception {
        final InetSocketAddress address = server == null ? open("") : server.address();
        try (AdminClient client = new AdminClient("", Duration.ofSeconds(30))) {
            return method.equals("GET") ? client.get(address, path) : client.post(address, path);
        }
    }

    /// Whatever one line of a request and one header may be; answers all that comes back.
    private static String raw(final InetSocketAddress to, final String request) throws IOException {
        try (Socket socket = new Socket(to.getAddress(), to.getPort())) {
            socket.getOutputStream().write((request + "\r\n\r\n").getBytes(StandardCharsets.UTF_8));
            return new BufferedReader(
                            new InputStreamReader(socket.getInputStream(), StandardCharsets.UTF_8))
                    .lines()
                    .collect(Collectors.joining("\n"));
        }
    }

    @Test
    void shouldSayWhatItsNodesAre() throws Exception {
        final AdminClient.Answer answer = ask("GET", "/status");

        assertEquals(200, answer.status());
        assertTrue(
                answer.body()
                        .startsWith(
                                """
                                {"chassis":"demo","blade":"slot-2","nodes":[{"name":"slot-2-redirector",\
                                "node":1,"role":"ingress-redirector","incarnation":7,"state":"running",\
                                "weight":100,"rule":{"epoch":5,"hash_key":"configured","policy":"power-of-two",\
                                "settled":true},"uptime_ms":1500,"view":{"id":3,"members":[{"name":\
                                "slot-2-redirector","node":1,"role":"ingress-redirector","incarnation":7}]},\
                                "metrics":{"boomerang_uptime_seconds":1.5,"boomerang_frames_total":\
                                {"outside-in":9007199254740992},"boomerang_drops_total":\
                                {"no-\\"blade\\"\\\\":3,"no-path":4}}},\
                                """),
                answer.body());
    }

    @Test
    void shouldExplainAFlow() throws Exception {
        final AdminClient.Answer answer =
                ask("GET", "/explain?flow=tcp+10.2.0.1%3A80+10.1.0.2%3A4711");

        assertEquals(
                """
                {"chassis":"demo","blade":"slot-2","flow":"tcp 10.1.0.2:4711 <-> 10.2.0.1:80","nodes":[\
                {"name":"slot-2-redirector","role":"ingress-redirector","session":{"blade":\
                "slot-2-processor","flowId":"0000000000000abc","incarnation":2,"version":5,"origin":\
                "announced","phase":"established","live":true},"bucket":17,"bucketBlade":\
                "slot-2-processor","epoch":1025,"owner":"slot-2-redirector","backup":""},\
                {"name":"slot-2-processor","role":"blade","flow":null}]}
                """,
                answer.body());
    }

    @Test
    void shouldListNoMoreSessionsThanAskedForAndCountAll() throws Exception {
        final AdminClient.Answer answer =
                ask(
                        "GET",
                        "/sessions?node=3&limit=2&address=10.0.0.0/8&blade=slot-2&phase=closing&live=true");

        assertEquals(2, answer.body().split("\"flow\":", -1).length - 1, answer.body());
        assertTrue(answer.body().contains("\"count\":3"), answer.body());
        assertEquals(1, blade.asked.size());
        final String asked = blade.asked.getFirst();
        assertTrue(asked.startsWith("slot-2-processor sessions"), asked);
        assertTrue(asked.contains("blade=3, phase=CLOSING, live=true"), asked);
    }

    @Test
    void shouldTellTheBucketsOfRedirectorsOnly() throws Exception {
        assertEquals(
                """
                {"chassis":"demo","blade":"slot-2","nodes":[{"name":"slot-2-redirector","epoch":1025,\
                "buckets":4,"blades":[{"name":"slot-2-processor","buckets":4,"weight":50}]}]}
                """,
                ask("GET", "/buckets").body());
    }

    @Test
    void shouldChangeWeightsAndDrain() throws Exception {
        assertEquals(200, ask("POST", "/weight?node=slot-2&weight=7").status());
        assertEquals(7, blade.weight);
        assertEquals(200, ask("POST", "/drain?node=slot-2-processor").status());
        assertEquals(0, blade.weight);
        assertFalse(blade.moves);
        assertEquals(200, ask("POST", "/drain?node=slot-2-processor&move=1").status());
        assertTrue(blade.moves);
    }

    @Test
    void shouldChangePolicyAndHashKeyByItsRedirector() throws Exception {
        assertEquals(200, ask("POST", "/rule?policy=least-loaded").status());
        assertEquals(new SteeringRule(6, SelectionPolicy.LEAST_LOADED, null), blade.rule);
        assertEquals(200, ask("POST", "/rule?hash-key=" + TOKEN + "&policy=buckets").status());
        assertEquals(
                new SteeringRule(7, SelectionPolicy.BUCKETS, HashKey.parse(TOKEN)), blade.rule);
        assertEquals(List.of("slot-2-redirector rule", "slot-2-redirector rule"), blade.asked);
    }

    @Test
    void shouldNotTellTheHashKey() throws Exception {
        assertEquals(200, ask("POST", "/rule?hash-key=" + TOKEN).status());

        final String status = ask("GET", "/status").body();

        assertTrue(status.contains("\"hash_key\":\"changed\""), status);
        assertFalse(status.contains("\"hash_key\":\"configured\""), status);
    }

    @Test
    void shouldAnswerBeforeItKills() throws Exception {
        assertEquals(200, ask("POST", "/kill").status());

        Awaitility.await().until(() -> blade.killed == 1);
    }

    @Test
    void shouldServeAPageThatNeedsNothingOfElsewhere() throws Exception {
        final InetSocketAddress address = open("token-file: key");
        try (AdminClient client = new AdminClient("", Duration.ofSeconds(30))) {
            final AdminClient.Answer page = client.get(address, "/");

            assertEquals(200, page.status());
            assertTrue(page.body().startsWith("<!DOCTYPE html>"), page.body());
            assertFalse(
                    Pattern.compile(
                                    "https?:|src=|href=|url\\(|@import|//[a-z]",
                                    Pattern.CASE_INSENSITIVE)
                            .matcher(page.body())
                            .find());
            assertEquals(401, client.get(address, "/chassis").status());
        }
        assertTrue(raw(address, "GET / HTTP/1.0").contains("default-src 'none'"));
    }

    @Test
    void shouldDrawThePageFromThoseThatAnswer() throws Exception {
        final String chassis = ask("GET", "/chassis").body();

        assertTrue(
                chassis.startsWith(
                        """
                        {"chassis":"demo","blade":"slot-2","nodes":[{"name":"slot-2-redirector",\
                        "role":"ingress-redirector","blade":"slot-2"},{"name":"b","role":\
                        "egress-redirector","blade":"b"},{"name":"slot-2-processor","role":"blade",\
                        "blade":"slot-2"}],"blades":[{"blade":"slot-2","answer":{"chassis":"demo",\
                        """),
                chassis);
        assertTrue(chassis.endsWith("{\"blade\":\"b\",\"answer\":null}]}\n"), chassis);
    }

    @Test
    void shouldCaptureForOneAtATime() throws Exception {
        final String begin = "/capture/begin?flow=tcp+10.1.0.2%3A1+10.2.0.1%3A80";

        assertEquals(200, ask("POST", begin).status());
        assertEquals(409, ask("POST", begin).status());
        assertTrue(
                ask("GET", "/capture")
                        .body()
                        .contains(
                                """
                                {"name":"slot-2-redirector","lost":5,"frames":[{"point":"outside-in",\
                                "at_ns":1234,"peer":"","note":"","frame":"AQL/"}]}\
                                """));
        assertEquals(200, ask("POST", "/capture/end").status());
        assertEquals(200, ask("POST", begin).status());
    }

    @ParameterizedTest(name = "{0} {1}")
    @CsvSource({
        "GET, /none, 404, nothing is at /none",
        "POST, /status, 405, '/status takes GET, not POST'",
        "GET, /drain?node=3, 405, '/drain takes POST, not GET'",
        "GET, /status?x=1, 400, no parameter is called 'x'; there are none",
        "GET, /explain, 400, flow is missing",
        "GET, /explain?flow=tcp, 400, flow: 'tcp' is no flow",
        "GET, /explain?flow=a&flow=b, 400, flow stands there twice",
        "GET, /sessions?limit=0, 400, limit '0' is no number of 1 to 100000",
        "GET, /sessions?limit=99999999999, 400, limit '99999999999' is no number",
        "GET, /sessions?address=ten, 400, address: 'ten' is no IP address",
        "GET, /sessions?blade=b, 400, blade: no processor is called b",
        "GET, /sessions?phase=old, 400, 'phase ''old'' is none of embryonic, established'",
        "GET, /sessions?live=yes, 400, live 'yes' is neither",
        "GET, /sessions?node=b, 404, no node of blade slot-2 is called b",
        "POST, /weight?node=3, 400, weight is missing",
        "POST, /weight?node=3&weight=-1, 400, weight '-1' is no number",
        "POST, /weight?node=slot-2-redirector&weight=1, 409, slot-2-redirector is a redirector",
        "POST, /rule, 400, policy and hash-key are missing",
        "POST, /rule?policy=worst, 400, 'policy ''worst'' is none of buckets, power-of-two,"
                + " least-loaded'",
        "POST, /rule?hash-key=12, 400, hash-key: a hash key has 32 hexadecimal digits",
        "GET, /rule, 405, '/rule takes POST, not GET'",
        "POST, /drain?node=none, 404, no node of blade slot-2 is called none",
    })
    void shouldSayWhatIsWrongWithARequest(
            final String method, final String path, final int status, final String reason)
            throws Exception {
        final AdminClient.Answer answer = ask(method, path);

        assertEquals(status, answer.status(), answer.body());
        assertTrue(answer.body().contains("{\"error\":\"" + reason), answer.body());
        assertEquals(100, blade.weight);
    }

    @Test
    void shouldSayThatANodeIsBusy() throws Exception {
        blade.busy = true;

        assertEquals(503, ask("GET", "/status").status());
        assertEquals(503, ask("GET", "/metrics").status());
        assertEquals(503, ask("POST", "/drain?node=3").status());
    }

    @Test
    void shouldAskForTheToken() throws Exception {
        final InetSocketAddress address = open("token-file: key");
        try (AdminClient with = new AdminClient(TOKEN, Duration.ofSeconds(30));
                AdminClient without = new AdminClient("", Duration.ofSeconds(30));
                AdminClient wrong = new AdminClient(TOKEN + "0", Duration.ofSeconds(30))) {
            assertEquals(200, with.get(address, "/metrics").status());
            assertEquals(401, without.get(address, "/metrics").status());
            assertEquals(401, wrong.post(address, "/kill").status());
        }
        assertEquals(0, blade.killed);
        assertFalse(raw(address, "GET /status HTTP/1.0").contains(TOKEN));
    }

    @ParameterizedTest
    @CsvSource({
        "Host: 127.0.0.1, 200",
        "Host: localhost:7880, 200",
        "Host: [::1]:7880, 200",
        "Host: rebound.example.org, 403",
        "Host: rebound.example.org:80, 403",
        "Origin: http://example.org, 403",
        "Origin: null, 403"
    })
    void shouldRefuseWebPagesOfElsewhere(final String header, final int status) throws Exception {
        final String host = header.startsWith("Host") ? "" : "Host: 127.0.0.1\r\n";

        final String answer =
                raw(open(""), "GET /status HTTP/1.1\r\n" + host + header + "\r\nConnection: close");

        assertTrue(answer.startsWith("HTTP/1.1 " + status), answer);
    }

    @Test
    void shouldSayThatAnAddressIsInUse() throws Exception {
        final InetSocketAddress address = open("");

        final IOException refusal =
                assertThrows(
                        IOException.class,
                        () ->
                                AdminServer.open(
                                        ChassisConfig.read(directory.resolve("chassis.yaml")),
                                        blade,
                                        address));

        assertTrue(refusal.toString().contains("/127.0.0.1:"), refusal.toString());
    }
}
