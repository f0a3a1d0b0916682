package io.boomerang.node.admin;

import com.sun.net.httpserver.HttpExchange;
import com.sun.net.httpserver.HttpServer;

import io.boomerang.node.config.ChassisConfig;

import org.apache.logging.log4j.LogManager;
import org.apache.logging.log4j.Logger;

import java.io.IOException;
import java.io.OutputStream;
import java.net.BindException;
import java.net.InetSocketAddress;
import java.nio.charset.StandardCharsets;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Semaphore;

/// The endpoint of one daemon. Each request has a virtual thread of its own, {@link #MOST_REQUESTS}
/// of them at a time, more are refused; none of them is a node's.
public final class AdminServer implements AutoCloseable {
    /// Requests that are answered at one time.
    static final int MOST_REQUESTS = 32;

    private static final Logger LOG = LogManager.getLogger(AdminServer.class);

    private static final int BACKLOG = 64;

    /// Of the page: what it holds itself, and this daemon's answers; nothing of elsewhere, and in
    /// nobody's frame (W3C, Content Security Policy Level 3).
    private static final String POLICY =
            "default-src 'none'; script-src 'unsafe-inline'; style-src 'unsafe-inline';"
                    + " connect-src 'self'; frame-ancestors 'none'; base-uri 'none'";

    private static final int OK = 200;
    private static final int FAILED = 500;

    private final ChassisPicture picture;
    private final Endpoints endpoints;
    private final Doorkeeper doorkeeper;
    private final Semaphore places = new Semaphore(MOST_REQUESTS);
    private final ExecutorService threads = Executors.newVirtualThreadPerTaskExecutor();
    private final HttpServer server;

    private AdminServer(
            final HttpServer server, final ChassisConfig config, final OperatedBlade blade) {
        this.server = server;
        picture = new ChassisPicture(config, blade.name());
        endpoints = new Endpoints(config, blade, picture);
        doorkeeper = new Doorkeeper(config.admin().token());
        server.setExecutor(threads);
        server.createContext("/", this::handle);
        server.start();
    }

    /// Listens where the chassis file says.
    ///
    /// @throws IOException when the address cannot be used
    public static AdminServer open(
            final ChassisConfig config, final OperatedBlade blade, final InetSocketAddress address)
            throws IOException {
        final HttpServer server;
        try {
            server = HttpServer.create(address, BACKLOG);
        } catch (final IOException e) {
            final IOException refusal =
                    new BindException(
                            "operators cannot be listened to on "
                                    + address
                                    + ": "
                                    + e.getMessage());
            refusal.initCause(e);
            throw refusal;
        }
        return new AdminServer(server, config, blade);
    }

    /// Where it listens.
    public InetSocketAddress address() {
        return server.getAddress();
    }

    private void handle(final HttpExchange exchange) throws IOException {
        Runnable afterwards = () -> {};
        try (exchange) {
            afterwards = respond(exchange);
        }
        afterwards.run();
    }

    /// Answers what is to be done when the answer has gone out.
    private Runnable respond(final HttpExchange exchange) throws IOException {
        final boolean hasPlace = places.tryAcquire();
        try {
            if (!hasPlace) {
                throw new RefusedException(
                        RefusedException.UNAVAILABLE, "too many requests at one time");
            }
            final AdminAnswer answer = answer(exchange);
            send(exchange, OK, answer.type(), answer.body());
            return answer.afterwards();
        } catch (final RefusedException e) {
            refuse(exchange, e.status(), String.valueOf(e.getMessage()));
        } catch (final NodeBusyException e) {
            refuse(exchange, RefusedException.UNAVAILABLE, String.valueOf(e.getMessage()));
        } catch (final InterruptedException _) {
            Thread.currentThread().interrupt();
        } catch (final RuntimeException e) {
            LOG.error("request={} failed", exchange.getRequestURI(), e);
            refuse(exchange, FAILED, "this went wrong on the blade; its log says more");
        } finally {
            if (hasPlace) {
                places.release();
            }
        }
        return () -> {};
    }

    private AdminAnswer answer(final HttpExchange exchange)
            throws RefusedException, NodeBusyException, InterruptedException {
        final String path = exchange.getRequestURI().getPath();
        doorkeeper.admit(exchange, !path.equals(Endpoints.PAGE));
        final Endpoints.Endpoint endpoint = endpoints.at(path);
        if (endpoint == null) {
            throw new RefusedException(RefusedException.NOT_FOUND, "nothing is at " + path);
        }
        if (!endpoint.method().equals(exchange.getRequestMethod())) {
            exchange.getResponseHeaders().set("Allow", endpoint.method());
            throw new RefusedException(
                    RefusedException.METHOD_NOT_ALLOWED,
                    path + " takes " + endpoint.method() + ", not " + exchange.getRequestMethod());
        }
        final AdminAnswer answer =
                endpoint.action()
                        .answer(
                                new Parameters(
                                        exchange.getRequestURI().getRawQuery(),
                                        endpoint.parameters()));
        if (!endpoint.method().equals("GET")) {
            LOG.info(
                    "operator={} request={}",
                    exchange.getRemoteAddress(),
                    exchange.getRequestURI());
        }
        return answer;
    }

    private static void refuse(final HttpExchange exchange, final int status, final String reason)
            throws IOException {
        if (status == RefusedException.UNAUTHORIZED) {
            exchange.getResponseHeaders().set("WWW-Authenticate", "Bearer");
        }
        final JsonText json = new JsonText().beginObject().field("error", reason).endObject();
        send(exchange, status, "application/json", json + "\n");
    }

    private static void send(
            final HttpExchange exchange, final int status, final String type, final String body)
            throws IOException {
        final byte[] bytes = body.getBytes(StandardCharsets.UTF_8);
        exchange.getResponseHeaders().set("Content-Type", type);
        exchange.getResponseHeaders().set("Cache-Control", "no-store");
        exchange.getResponseHeaders().set("X-Content-Type-Options", "nosniff");
        exchange.getResponseHeaders().set("Content-Security-Policy", POLICY);
        if (exchange.getRequestMethod().equals("HEAD")) {
            exchange.sendResponseHeaders(status, -1);
            return;
        }
        exchange.sendResponseHeaders(status, bytes.length);
        try (OutputStream out = exchange.getResponseBody()) {
            out.write(bytes);
        }
    }

    /// Ends at once; requests under way get no answer.
    @Override
    public void close() {
        server.stop(0);
        picture.close();
        threads.shutdownNow();
    }
}
