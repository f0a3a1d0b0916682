package io.boomerang.node.admin;

import io.boomerang.node.config.ChassisConfig;
import io.boomerang.node.config.NodeConfig;

import org.jspecify.annotations.Nullable;

import java.io.IOException;
import java.io.InputStream;
import java.io.UncheckedIOException;
import java.net.InetSocketAddress;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;

/// The page that shows the chassis, and what it is drawn from: this daemon's status and, asked all
/// at once, that of the others. Any thread.
final class ChassisPicture implements AutoCloseable {
    /// The page shows one picture a second; who does not answer by then is left out of it.
    private static final Duration PATIENCE = Duration.ofSeconds(2);

    private static final String PAGE = "page.html";

    private final ChassisConfig config;
    private final String own;
    private final AdminClient client;
    private final String page;

    /// @param own name of this daemon's blade
    ChassisPicture(final ChassisConfig config, final String own) {
        this.config = config;
        this.own = own;
        client = new AdminClient(config.admin().token(), PATIENCE);
        page = load();
    }

    private static String load() {
        try (InputStream in = ChassisPicture.class.getResourceAsStream(PAGE)) {
            if (in == null) {
                throw new IllegalStateException(PAGE + " is missing beside its class");
            }
            return new String(in.readAllBytes(), StandardCharsets.UTF_8);
        } catch (final IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    /// The page itself. It holds nothing of the chassis.
    AdminAnswer page() {
        return new AdminAnswer("text/html; charset=utf-8", page);
    }

    /// What the page is drawn from.
    ///
    /// @param status of this daemon
    AdminAnswer chassis(final AdminAnswer status) throws InterruptedException {
        final JsonText json =
                new JsonText().beginObject().field("chassis", config.name()).field("blade", own);
        json.name("nodes").beginArray();
        for (final NodeConfig node : config.nodes()) {
            json.beginObject();
            json.field("name", node.name());
            json.field("role", AnswerWriter.word(node.role()));
            json.field("blade", node.blade());
            json.endObject();
        }
        json.endArray().name("blades").beginArray();
        gather(status)
                .forEach((blade, answer) -> {
                    json.beginObject().field("blade", blade).name("answer");
                    if (answer == null) {
                        json.nullValue();
                    } else {
                        json.verbatim(answer.strip());
                    }
                    json.endObject();
                });
        return AdminAnswer.json(json.endArray().endObject());
    }

    private Map<String, @Nullable String> gather(final AdminAnswer status)
            throws InterruptedException {
        final Map<String, @Nullable String> answers = new LinkedHashMap<>();
        final Map<String, Future<@Nullable String>> asked = new LinkedHashMap<>();
        try (ExecutorService threads = Executors.newVirtualThreadPerTaskExecutor()) {
            for (final String blade : config.bladeNames()) {
                final InetSocketAddress address = config.admin().addressOf(blade);
                if (blade.equals(own)) {
                    answers.put(blade, status.body());
                } else if (address == null || address.equals(config.admin().addressOf(own))) {
                    answers.put(blade, null); // on a loopback that is not ours
                } else {
                    answers.put(blade, null);
                    asked.put(blade, threads.submit(() -> ask(address)));
                }
            }
            for (final Map.Entry<String, Future<@Nullable String>> entry : asked.entrySet()) {
                answers.put(entry.getKey(), entry.getValue().get());
            }
        } catch (final ExecutionException e) {
            throw new IllegalStateException(e.getCause());
        }
        return answers;
    }

    private @Nullable String ask(final InetSocketAddress address) throws InterruptedException {
        try {
            final AdminClient.Answer answer = client.get(address, "/status");
            return answer.isGood() ? answer.body() : null;
        } catch (final IOException _) {
            return null;
        }
    }

    @Override
    public void close() {
        client.close();
    }
}
