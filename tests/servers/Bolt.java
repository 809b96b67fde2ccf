import java.io.PrintStream;
import java.nio.file.Path;
import java.util.Map;
import org.neo4j.configuration.GraphDatabaseInternalSettings;
import org.neo4j.configuration.GraphDatabaseSettings;
import org.neo4j.configuration.connectors.BoltConnector;
import org.neo4j.configuration.connectors.ConnectorPortRegister;
import org.neo4j.configuration.connectors.ConnectorType;
import org.neo4j.configuration.helpers.SocketAddress;
import org.neo4j.dbms.api.DatabaseManagementServiceBuilder;
import org.neo4j.io.ByteUnit;
import org.neo4j.kernel.internal.GraphDatabaseAPI;

/**
 * A Neo4j that answers Bolt on loopback: {@code Bolt.java DIRECTORY PORT [PASSWORD]}.
 *
 * <p>Port 0 takes a free one. Without a password nobody is asked for one; with it, the user is {@code neo4j}. Prints
 * {@code ready PORT} when it answers, and stops when its standard input ends, so that it never outlives its parent.
 */
class Bolt {
    public static void main(String[] arguments) throws Exception {
        var password = arguments.length > 2 ? arguments[2] : null;
        var service = new DatabaseManagementServiceBuilder(Path.of(arguments[0]))
                .setConfig(BoltConnector.enabled, true)
                .setConfig(
                        BoltConnector.listen_address,
                        new SocketAddress("127.0.0.1", Integer.parseInt(arguments[1])))
                .setConfig(GraphDatabaseInternalSettings.netty_server_shutdown_quiet_period, 0)
                .setConfig(GraphDatabaseSettings.auth_enabled, password != null)
                .setConfig(GraphDatabaseSettings.auth_minimum_password_length, 1)
                .setConfig(GraphDatabaseSettings.udc_enabled, false)
                .setConfig(GraphDatabaseSettings.preallocate_logical_logs, false)
                .setConfig(GraphDatabaseSettings.pagecache_memory, ByteUnit.mebiBytes(64))
                .build();
        try {
            if (password != null) {
                service.database(GraphDatabaseSettings.SYSTEM_DATABASE_NAME).executeTransactionally(
                        // ALTER USER would refuse the password that an earlier server left here.
                        "CREATE OR REPLACE USER neo4j SET PASSWORD $password CHANGE NOT REQUIRED",
                        Map.of("password", password));
            }
            var database = (GraphDatabaseAPI) service.database(GraphDatabaseSettings.DEFAULT_DATABASE_NAME);
            var ports = database.getDependencyResolver().resolveDependency(ConnectorPortRegister.class);
            System.out.println("ready " + ports.getLocalAddress(ConnectorType.BOLT).getPort());
            System.in.transferTo(PrintStream.nullOutputStream());
        } finally {
            service.shutdown();
        }
    }
}
