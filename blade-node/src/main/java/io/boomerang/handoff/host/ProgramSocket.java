package io.boomerang.handoff.host;

import io.boomerang.handoff.ConnectionState;
import io.boomerang.handoff.kernel.KernelTcp;
import io.boomerang.handoff.kernel.TcpSocket;
import io.boomerang.handoff.kernel.UnixListener;
import io.boomerang.handoff.move.ConnectionOutlet;
import io.boomerang.handoff.move.HandedConnection;
import io.boomerang.handoff.move.Onward;
import io.boomerang.linux.DescriptorMessages;
import io.boomerang.linux.Epoll;
import io.boomerang.linux.Errno;
import io.boomerang.linux.SystemCallException;

import org.apache.logging.log4j.LogManager;
import org.apache.logging.log4j.Logger;
import org.jspecify.annotations.Nullable;

import java.io.IOException;
import java.lang.foreign.Arena;
import java.lang.foreign.MemorySegment;
import java.nio.file.Path;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Deque;
import java.util.List;
import java.util.Queue;

/// Serves connections by programs in any language: they connect to a UNIX socket (SOCK_SEQPACKET)
/// and get connections by turns, each as one {@link ProgramMessage} with a descriptor. By the same
/// message they may give a connection on; they close their own descriptor of it then.
///
/// A connection that no program takes at once waits, up to a limit; without any program connections
/// stay where they are.
///
/// Belongs to the thread of its {@link KernelTcp}.
public final class ProgramSocket implements ConnectionOutlet, AutoCloseable {
    private static final int MAX_PROGRAMS = 64;
    private static final int MESSAGES_AT_ONCE = 64;
    private static final long LISTENER_KEY = -1;

    private static final Logger LOG = LogManager.getLogger(ProgramSocket.class);

    private final KernelTcp stack;
    private final Path path;
    private final int backlog;
    private final Arena arena = Arena.ofConfined();
    private final MemorySegment memory = arena.allocate(ProgramMessage.MAX_LENGTH);
    private final DescriptorMessages messages = new DescriptorMessages(arena);
    private final Epoll epoll;
    private final UnixListener listener;

    /// The one whose turn it is comes first.
    private final Deque<TcpSocket> programs = new ArrayDeque<>();

    private final Queue<HandedConnection> waiting = new ArrayDeque<>();
    private long servedCount;
    private long givenOnCount;
    private long brokenCount;

    /// Listens at the path; a socket that a process left there when it died is replaced.
    ///
    /// @param backlog how many connections may wait for programs to take them
    /// @throws IOException when that cannot be; the message names the path
    public ProgramSocket(final KernelTcp stack, final Path path, final int backlog)
            throws IOException {
        this.stack = stack;
        this.path = path;
        this.backlog = backlog;
        listener = UnixListener.listen(stack, path);
        epoll = new Epoll(MAX_PROGRAMS + 1);
        epoll.add(listener.descriptor(), Epoll.IN, LISTENER_KEY);
    }

    /// Readable when {@link #poll} has something to do.
    public int descriptor() {
        return epoll.descriptor();
    }

    @Override
    public @Nullable String refusal(final ConnectionState state) {
        if (programs.isEmpty()) {
            return "no program has connected to " + path;
        }
        if (waiting.size() >= backlog) {
            return backlog + " connections wait for a program at " + path + " already";
        }
        return ProgramMessage.lengthOf(state.alreadyRead(), state.applicationState())
                        > ProgramMessage.MAX_LENGTH
                ? "what was read of it is too long for a message to a program"
                : null;
    }

    @Override
    public boolean deliver(final HandedConnection connection) {
        if (!programs.isEmpty() && send(connection)) {
            return true;
        }
        return waiting.size() < backlog && waiting.add(connection);
    }

    /// Gives it to the next program that has room; answers false if none has.
    private boolean send(final HandedConnection connection) {
        final int length =
                ProgramMessage.serve(connection.alreadyRead(), connection.applicationState())
                        .encode(memory);
        for (int i = programs.size(); i > 0; i--) {
            final TcpSocket program = programs.remove();
            programs.add(program);
            final long result =
                    messages.send(
                            program.descriptor(),
                            memory.asSlice(0, length),
                            connection.socket().descriptor());
            if (result == length) {
                connection.socket().close();
                servedCount++;
                return true;
            }
        }
        return false;
    }

    /// Takes in programs and what they say, and gives them what waits; answers how much that was.
    ///
    /// @param onward where connections go that a program gives on
    public int poll(final Onward onward) throws SystemCallException {
        final int events = epoll.await(0);
        for (int i = 0; i < events; i++) {
            if (epoll.key(i) == LISTENER_KEY) {
                welcome();
            } else {
                hear((int) epoll.key(i), onward);
            }
        }
        while (!waiting.isEmpty() && !programs.isEmpty() && send(waiting.element())) {
            waiting.remove();
        }
        return events;
    }

    private void welcome() throws SystemCallException {
        final TcpSocket program = listener.accept(stack);
        if (program == null) {
            return;
        }
        if (programs.size() >= MAX_PROGRAMS) {
            LOG.warn("socket={} has {} programs, one more is refused", path, MAX_PROGRAMS);
            program.close();
            return;
        }
        epoll.add(program.descriptor(), Epoll.IN, program.descriptor());
        programs.addFirst(program);
        LOG.info("socket={} programs={}", path, programs.size());
    }

    private void hear(final int program, final Onward onward) {
        for (int i = 0; i < MESSAGES_AT_ONCE; i++) {
            final long length = messages.receive(program, memory);
            if (length == -Errno.EAGAIN) {
                return;
            }
            if (length == 0 || !giveOn((int) length, onward)) {
                part(program);
                return;
            }
        }
    }

    /// Answers false if the program says what it must not say.
    private boolean giveOn(final int length, final Onward onward) {
        final int descriptor = messages.descriptor();
        if (descriptor < 0) {
            return false;
        }
        final ProgramMessage message = length < 0 ? null : ProgramMessage.decode(memory, length);
        if (message == null || message.type() != ProgramMessage.GIVE) {
            stack.adopt(descriptor).close();
            return false;
        }
        givenOnCount++;
        if (onward.reserve()) {
            onward.give(
                    descriptor,
                    message.alreadyRead(),
                    message.applicationState(),
                    message.service());
            return true;
        }
        final TcpSocket socket = stack.adopt(descriptor);
        if (!deliver(
                new HandedConnection(socket, message.alreadyRead(), message.applicationState()))) {
            brokenCount++;
            socket.reset();
        }
        return true;
    }

    /// The program has ended, or speaks another language.
    private void part(final int program) {
        final List<TcpSocket> left = new ArrayList<>();
        for (final TcpSocket one : programs) {
            if (one.descriptor() == program) {
                left.add(one);
            }
        }
        programs.removeAll(left);
        left.forEach(TcpSocket::close);
        LOG.info("socket={} programs={}", path, programs.size());
    }

    /// Connections that programs got.
    public long servedCount() {
        return servedCount;
    }

    /// Connections that programs gave on.
    public long givenOnCount() {
        return givenOnCount;
    }

    /// Connections that were reset because nobody had room for them.
    public long brokenCount() {
        return brokenCount;
    }

    /// Connections that wait for a program now.
    public int waitingCount() {
        return waiting.size();
    }

    public int programCount() {
        return programs.size();
    }

    @Override
    public void close() {
        waiting.forEach(one -> one.socket().reset());
        programs.forEach(TcpSocket::close);
        listener.close();
        epoll.close();
        arena.close();
    }
}
