package io.boomerang.handoff.kernel;

import java.io.IOException;
import java.net.InetSocketAddress;
import java.net.Socket;

/// An ordinary client of the virtual address, and the server's end of its connection.
record Pair(Socket client, Server server) implements AutoCloseable {
    private static final int CLIENT_TIMEOUT_MS = 20_000;

    static Pair connect(final Lab lab, final Wire wire) throws IOException {
        wire.apply(lab.client());
        final InetSocketAddress address = Lab.virtualAddress(wire.ipv6());
        final Server.Listening listening = Server.listen(lab, address);
        final Socket socket =
                lab.client().call(() -> new Socket(address.getAddress(), address.getPort()));
        socket.setSoTimeout(CLIENT_TIMEOUT_MS);
        return new Pair(socket, listening.accept());
    }

    void write(final byte... bytes) throws IOException {
        client.getOutputStream().write(bytes);
    }

    byte[] read(final int count) throws IOException {
        return client.getInputStream().readNBytes(count);
    }

    @Override
    public void close() throws IOException {
        server.close();
        client.close();
    }
}
