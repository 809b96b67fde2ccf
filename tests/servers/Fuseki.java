import java.io.PrintStream;
import org.apache.jena.fuseki.main.FusekiServer;
import org.apache.jena.query.ARQ;
import org.apache.jena.query.DatasetFactory;

/**
 * A Fuseki with one empty dataset {@code /ds} in memory, on loopback: {@code Fuseki.java PORT}.
 *
 * <p>Port 0 takes a free one. Prints {@code ready PORT} when it answers, and stops when its standard input ends, so
 * that it never outlives its parent. A query ends after 30 s, though whoever asked has gone.
 */
class Fuseki {
    public static void main(String[] arguments) throws Exception {
        ARQ.getContext().set(ARQ.queryTimeout, "30000");
        var server = FusekiServer.create()
                .port(Integer.parseInt(arguments[0]))
                .loopback(true)
                .add("/ds", DatasetFactory.createTxnMem())
                .build()
                .start();
        try {
            System.out.println("ready " + server.getPort());
            System.in.transferTo(PrintStream.nullOutputStream());
        } finally {
            server.stop();
        }
    }
}
