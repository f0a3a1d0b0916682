package io.boomerang.handoff.front;

import io.boomerang.handoff.Octets;
import io.boomerang.handoff.classifier.Classifier;
import io.boomerang.handoff.kernel.KernelTcp;
import io.boomerang.handoff.kernel.TcpListener;
import io.boomerang.handoff.kernel.TcpSocket;
import io.boomerang.handoff.move.Departures;
import io.boomerang.handoff.move.HostDirectory;
import io.boomerang.handoff.move.Traveller;
import io.boomerang.linux.Epoll;
import io.boomerang.linux.SystemCallException;

import org.apache.logging.log4j.LogManager;
import org.apache.logging.log4j.Logger;
import org.jspecify.annotations.Nullable;

import java.lang.foreign.Arena;
import java.lang.foreign.MemorySegment;
import java.net.InetSocketAddress;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Iterator;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Queue;
import java.util.concurrent.TimeUnit;

/// The classifier at work: accepts clients at virtual addresses, reads what they send first,
/// decides which service they want, and hands each connection to a host of it, with the bytes it
/// has read.
///
/// A client costs one descriptor and as many bytes as it has sent, up to a limit; it is decided on
/// when a rule fits, when it has sent or waited too much, when it ends its side, or when it has
/// waited longest and there are too many. Then the later rules and the default have their turn, so
/// nobody waits for ever and nobody is turned away for others' sake. What cannot be served is
/// reset, once, and counted.
///
/// Belongs to the thread of its {@link KernelTcp}.
public final class FrontDoor implements AutoCloseable {
    private static final int EVENTS_AT_ONCE = 256;
    private static final int READ_BYTES = 1 << 14;
    private static final long ACCEPT_PAUSE_NS = TimeUnit.MILLISECONDS.toNanos(100);

    /// asm-generic/errno.h: who came has gone.
    private static final int ECONNABORTED = 103;

    private static final Logger LOG = LogManager.getLogger(FrontDoor.class);

    private final FrontConfig config;
    private final HostDirectory hosts;
    private final Departures<?> departures;
    private final Arena arena = Arena.ofConfined();
    private final MemorySegment memory = arena.allocate(READ_BYTES);
    private final Epoll epoll;
    private final List<TcpListener> listeners = new ArrayList<>();

    /// In the order in which they were accepted.
    private final Map<Long, Client> waiting = new LinkedHashMap<>();

    /// In the order in which they are due.
    private final Queue<Client> retries = new ArrayDeque<>();

    private long nextKey;
    private boolean accepting;
    private long acceptAgainNs;
    private long buffered;
    private long nowNs;
    private long accepted;
    private long given;
    private long decidedLate;
    private long decidedFull;
    private long decidedEarly;
    private long closed;
    private long retried;
    private long resetUnmovable;
    private long resetUnserved;
    private long resetRefused;
    private long resetLost;
    private long acceptRefused;

    /// Listens.
    ///
    /// @throws SystemCallException when an address cannot be listened at; the message names it
    public FrontDoor(
            final KernelTcp stack,
            final FrontConfig config,
            final HostDirectory hosts,
            final Departures<?> departures)
            throws SystemCallException {
        this.config = config;
        this.hosts = hosts;
        this.departures = departures;
        epoll = new Epoll(EVENTS_AT_ONCE);
        boolean complete = false;
        try {
            for (final InetSocketAddress address : config.addresses()) {
                listeners.add(stack.listen(address, FrontConfig.BACKLOG));
            }
            setAccepting(true);
            complete = true;
        } finally {
            if (!complete) {
                close();
            }
        }
    }

    private void setAccepting(final boolean on) throws SystemCallException {
        for (int i = 0; i < listeners.size() && on != accepting; i++) {
            if (on) {
                epoll.add(listeners.get(i).descriptor(), Epoll.IN, -1L - i);
            } else {
                epoll.remove(listeners.get(i).descriptor());
            }
        }
        accepting = on;
    }

    /// Where it listens, with the ports that the kernel chose.
    public List<InetSocketAddress> addresses() throws SystemCallException {
        final List<InetSocketAddress> addresses = new ArrayList<>();
        for (final TcpListener listener : listeners) {
            addresses.add(listener.local());
        }
        return addresses;
    }

    /// Readable when {@link #poll} has something to do, timers aside.
    public int descriptor() {
        return epoll.descriptor();
    }

    /// Does what there is to do, a bounded amount of it; answers how much that was.
    public int poll(final long timeNs) throws SystemCallException {
        nowNs = timeNs;
        final int events = epoll.await(0);
        for (int i = 0; i < events; i++) {
            final long key = epoll.key(i);
            if (key < 0) {
                accept(listeners.get((int) (-1 - key)));
            } else {
                final Client client = waiting.get(key);
                if (client != null) {
                    read(client);
                }
            }
        }
        decideOnTheSlow();
        retry();
        if (!accepting && nowNs - acceptAgainNs >= 0) {
            setAccepting(true);
        }
        return events;
    }

    /// When {@link #poll} has something to do without an event; {@link Long#MAX_VALUE} if never.
    public long nextDueNs() {
        long due = Long.MAX_VALUE;
        final Iterator<Client> oldest = waiting.values().iterator();
        if (oldest.hasNext()) {
            due = nowNs + config.classifier().maxAgeNs() - oldest.next().ageNs(nowNs);
        }
        final Client retry = retries.peek();
        if (retry != null && retry.retryNs() - due < 0) {
            due = retry.retryNs();
        }
        return !accepting && acceptAgainNs - due < 0 ? acceptAgainNs : due;
    }

    // Clients that come

    private void accept(final TcpListener listener) throws SystemCallException {
        for (int i = 0; i < FrontConfig.ACCEPTED_AT_ONCE; i++) {
            final Client client;
            try {
                client = welcome(listener);
            } catch (final SystemCallException e) {
                if (e.errno() != ECONNABORTED) {
                    acceptRefused++;
                    acceptAgainNs = nowNs + ACCEPT_PAUSE_NS;
                    setAccepting(false);
                    return;
                }
                continue;
            }
            if (client == null) {
                return;
            }
            accepted++;
            makeRoom();
            waiting.put(client.key(), client);
            read(client);
        }
    }

    private @Nullable Client welcome(final TcpListener listener) throws SystemCallException {
        final TcpSocket socket = listener.accept();
        if (socket == null) {
            return null;
        }
        boolean complete = false;
        try {
            final Client client = new Client(nextKey++, socket, nowNs);
            epoll.add(socket.descriptor(), Epoll.IN | Epoll.PEER_CLOSED, client.key());
            complete = true;
            return client;
        } finally {
            if (!complete) {
                socket.close();
            }
        }
    }

    private void makeRoom() throws SystemCallException {
        if (waiting.size() + retries.size() >= config.maxConnections() && !waiting.isEmpty()) {
            decidedEarly++;
            decide(waiting.values().iterator().next(), config.classifier().maxAgeNs());
        }
        if (waiting.size() + retries.size() >= config.maxConnections()) {
            resetUnmovable++;
            reset(retries.remove(), "too many others wait to be moved");
        }
    }

    private void read(final Client client) throws SystemCallException {
        final Classifier classifier = config.classifier();
        buffered -= client.bufferedBytes();
        try {
            client.read(memory, classifier.maxBytes());
        } catch (final SystemCallException _) {
            leave(client);
            return;
        }
        buffered += client.bufferedBytes();
        if (client.ended() && client.length() == 0) {
            buffered -= client.bufferedBytes();
            leave(client);
        } else {
            decide(client, client.ageNs(nowNs));
        }
    }

    /// The client has gone without having wanted anything that could be answered.
    private void leave(final Client client) {
        waiting.remove(client.key());
        client.socket().close();
        closed++;
    }

    private void decideOnTheSlow() throws SystemCallException {
        while (!waiting.isEmpty()) {
            final Client oldest = waiting.values().iterator().next();
            if (oldest.ageNs(nowNs) < config.classifier().maxAgeNs()) {
                return;
            }
            decidedLate++;
            decide(oldest, oldest.ageNs(nowNs));
        }
    }

    private void decide(final Client client, final long ageNs) throws SystemCallException {
        final Classifier classifier = config.classifier();
        final String service = classifier.choose(client.view(), client.ended(), ageNs);
        if (service != null) {
            decidedFull += client.length() >= classifier.maxBytes() ? 1 : 0;
            waiting.remove(client.key());
            epoll.remove(client.socket().descriptor());
            client.decide(service);
            send(client);
        }
    }

    // Clients that go

    private void send(final Client client) {
        final String service = client.service();
        final int host =
                service == null ? HostDirectory.NONE : hosts.choose(service, client.tried());
        if (host == HostDirectory.NONE) {
            resetUnserved += client.tried().isEmpty() ? 1 : 0;
            resetRefused += client.tried().isEmpty() ? 0 : 1;
            reset(client, "no host serves " + service);
            return;
        }
        final String refusal =
                departures.begin(
                        client.socket(),
                        client.octets(),
                        Octets.NONE,
                        host,
                        new Travel(client, host),
                        nowNs);
        if (refusal == null) {
            return;
        }
        trySoon(client, refusal);
    }

    private void trySoon(final Client client, final String refusal) {
        if (client.retryAt(nowNs + FrontConfig.RETRY_NS)) {
            retried++;
            retries.add(client);
        } else {
            resetUnmovable++;
            reset(client, refusal);
        }
    }

    /// What was unread or out of order may be whole now. While there is no way to any host all of
    /// them wait for it; it is not for long, and their clients cannot be told anything meanwhile.
    private void retry() {
        if (!departures.haveWay()) {
            giveUpTheOldest();
            return;
        }
        Client client = retries.peek();
        while (client != null && nowNs - client.retryNs() >= 0) {
            retries.remove();
            buffered -= client.bufferedBytes();
            boolean lives = true;
            try {
                client.read(memory, config.classifier().maxBytes());
            } catch (final SystemCallException _) {
                client.socket().close();
                closed++;
                lives = false;
            }
            if (lives) {
                buffered += client.bufferedBytes();
                send(client);
            }
            client = retries.peek();
        }
    }

    private void giveUpTheOldest() {
        Client client = retries.peek();
        while (client != null && nowNs - client.retryNs() >= FrontConfig.NO_WAY_NS) {
            retries.remove();
            resetUnmovable++;
            reset(client, "there is no way to any host");
            client = retries.peek();
        }
    }

    private void reset(final Client client, final String reason) {
        LOG.debug("service={} reset: {}", client.service(), reason);
        buffered -= client.bufferedBytes();
        client.socket().reset();
    }

    private final class Travel implements Traveller {
        private final Client client;
        private final int host;

        Travel(final Client client, final int host) {
            this.client = client;
            this.host = host;
        }

        @Override
        public void given() {
            given++;
            buffered -= client.bufferedBytes();
        }

        @Override
        public void lost(final String reason) {
            LOG.info("service={} host={} lost: {}", client.service(), host, reason);
            resetLost++;
            buffered -= client.bufferedBytes();
        }

        @Override
        public void brokenOff(final TcpSocket socket) {
            client.comeBack(socket);
            trySoon(client, "its way to a host broke too often");
        }

        @Override
        public void kept(final TcpSocket socket, final String reason) {
            LOG.debug("service={} host={} refuses: {}", client.service(), host, reason);
            client.comeBack(socket);
            client.tried().add(host);
            if (client.tried().size() < config.hostsTried()) {
                send(client);
            } else {
                resetRefused++;
                reset(client, reason);
            }
        }
    }

    public FrontCounters counters() {
        return new FrontCounters(
                accepted,
                given,
                decidedLate,
                decidedFull,
                decidedEarly,
                closed,
                retried,
                resetUnmovable,
                resetUnserved,
                resetRefused,
                resetLost,
                acceptRefused,
                waiting.size() + retries.size(),
                buffered);
    }

    /// No more clients come; those that wait go on.
    public void stopAccepting() throws SystemCallException {
        setAccepting(false);
        acceptAgainNs = nowNs + Long.MAX_VALUE / 2;
        listeners.forEach(TcpListener::close);
        listeners.clear();
    }

    /// Whether nobody waits.
    public boolean isIdle() {
        return waiting.isEmpty() && retries.isEmpty();
    }

    @Override
    public void close() {
        listeners.forEach(TcpListener::close);
        listeners.clear();
        waiting.values().forEach(client -> client.socket().close());
        waiting.clear();
        retries.forEach(client -> client.socket().close());
        retries.clear();
        epoll.close();
        arena.close();
    }
}
