package io.boomerang.node.admin;

import org.jspecify.annotations.Nullable;

import java.io.IOException;
import java.net.Inet6Address;
import java.net.InetSocketAddress;
import java.net.SocketTimeoutException;
import java.net.URI;
import java.net.URLEncoder;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.net.http.HttpResponse.BodyHandlers;
import java.net.http.HttpTimeoutException;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.Map;
import java.util.stream.Collectors;

/// Asks daemons. Any thread.
public final class AdminClient implements AutoCloseable {
    private final HttpClient http;
    private final String token;
    private final Duration patience;

    /// What a daemon answered.
    ///
    /// @param status of HTTP
    public record Answer(int status, String body) {
        public boolean isGood() {
            return status == 200;
        }
    }

    /// Shows a token to those it asks.
    ///
    /// @param token empty for none
    /// @param patience to wait for an answer
    public AdminClient(final String token, final Duration patience) {
        this.token = token;
        this.patience = patience;
        http =
                HttpClient.newBuilder()
                        .version(HttpClient.Version.HTTP_1_1)
                        .proxy(HttpClient.Builder.NO_PROXY)
                        .connectTimeout(patience)
                        .build();
    }

    /// A path with a query; values may hold anything, those that are null are left out.
    public static String path(final String path, final Map<String, @Nullable String> query) {
        final String text =
                query.entrySet().stream()
                        .filter(entry -> entry.getValue() != null)
                        .map(entry ->
                                entry.getKey()
                                        + "="
                                        + URLEncoder.encode(
                                                String.valueOf(entry.getValue()),
                                                StandardCharsets.UTF_8))
                        .sorted()
                        .collect(Collectors.joining("&"));
        return text.isEmpty() ? path : path + "?" + text;
    }

    /// Asks for something.
    ///
    /// @param path with its query
    /// @throws SocketTimeoutException when nobody answers in time
    /// @throws IOException when nobody listens there
    public Answer get(final InetSocketAddress address, final String path)
            throws IOException, InterruptedException {
        return send(request(address, path).GET());
    }

    /// Has something changed.
    ///
    /// @param path with its query
    /// @throws SocketTimeoutException when nobody answers in time
    /// @throws IOException when nobody listens there
    public Answer post(final InetSocketAddress address, final String path)
            throws IOException, InterruptedException {
        return send(request(address, path).POST(HttpRequest.BodyPublishers.noBody()));
    }

    private Answer send(final HttpRequest.Builder request)
            throws IOException, InterruptedException {
        try {
            final HttpResponse<String> response =
                    http.send(
                            request.timeout(patience).build(),
                            BodyHandlers.ofString(StandardCharsets.UTF_8));
            return new Answer(response.statusCode(), response.body());
        } catch (final HttpTimeoutException e) {
            final IOException late = new SocketTimeoutException(e.getMessage());
            late.initCause(e);
            throw late;
        }
    }

    private HttpRequest.Builder request(final InetSocketAddress address, final String path) {
        final String host = address.getAddress().getHostAddress();
        final HttpRequest.Builder request =
                HttpRequest.newBuilder(
                        URI.create(
                                "http://"
                                        + (address.getAddress() instanceof Inet6Address
                                                ? "[" + host + "]"
                                                : host)
                                        + ":"
                                        + address.getPort()
                                        + path));
        return token.isEmpty() ? request : request.header("Authorization", "Bearer " + token);
    }

    @Override
    public void close() {
        http.shutdownNow();
    }
}
