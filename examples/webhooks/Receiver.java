// A webhook receiver for an endpoint with the body "binary": java Receiver.java PORT, with the secret in WEBHOOK_SECRET.
import com.sun.net.httpserver.HttpServer;
import java.net.InetSocketAddress;
import java.security.MessageDigest;
import java.util.*;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.Executors;
import javax.crypto.Mac;
import javax.crypto.spec.SecretKeySpec;

class Receiver {
    static final byte[] KEY = Base64.getDecoder().decode(System.getenv("WEBHOOK_SECRET").replace("whsec_", ""));
    static final Set<String> seen = ConcurrentHashMap.newKeySet(); // yours belongs into your database, beside what you do

    public static void main(String[] arguments) throws Exception {
        System.setProperty("sun.net.httpserver.maxReqTime", "15"); // seconds for all of a request
        var server = HttpServer.create(new InetSocketAddress("127.0.0.1", Integer.parseInt(arguments[0])), 0);
        server.setExecutor(Executors.newCachedThreadPool()); // else one slow request holds up all others
        server.createContext("/", request -> {
            byte[] body = request.getRequestBody().readNBytes(1 << 21); // JSON: the data of the event, which is never so long
            var headers = request.getRequestHeaders();
            if (request.getRequestMethod().equals("OPTIONS")) { // asked once where endpoints are verified: yes, send us events
                request.getResponseHeaders().set("WebHook-Allowed-Origin", "*");
                request.sendResponseHeaders(204, -1);
                request.close();
                return;
            }
            String id = headers.getFirst("webhook-id"), sentAt = headers.getFirst("webhook-timestamp");
            boolean isGenuine = isFresh(sentAt) && isSigned(id + "." + sentAt + ".", body, headers.getFirst("webhook-signature"));
            if (isGenuine && seen.add(id)) // the same event may come again, under the same id
                System.out.println(headers.getFirst("ce-type") + " " + headers.getFirst("ce-subject"));
            request.sendResponseHeaders(isGenuine ? 204 : 401, -1);
            request.close();
        });
        server.start();
    }

    static boolean isFresh(String sentAt) {
        return sentAt != null && sentAt.matches("[0-9]{1,11}")
            && Math.abs(System.currentTimeMillis() / 1000 - Long.parseLong(sentAt)) < 300;
    }

    static boolean isSigned(String start, byte[] body, String signatures) {
        try {
            var mac = Mac.getInstance("HmacSHA256");
            mac.init(new SecretKeySpec(KEY, "HmacSHA256"));
            mac.update(start.getBytes());
            byte[] due = ("v1," + Base64.getEncoder().encodeToString(mac.doFinal(body))).getBytes();
            return signatures != null && Arrays.stream(signatures.split(" ")).anyMatch(one -> MessageDigest.isEqual(due, one.getBytes()));
        } catch (java.security.GeneralSecurityException impossible) {
            throw new IllegalStateException(impossible);
        }
    }
}
