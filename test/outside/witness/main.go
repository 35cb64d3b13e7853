// What other people's programs say of witnesses and cosigned checkpoints. They know nothing of the
// programs that they are made to talk to here.
//
//	outside agent SOCKET NAME       holds a new key for torchwood's litewitness, and prints its
//	                                fingerprint and its vkey
//	outside check POLICY NOTE       torchwood reads the policy, and the note by it
//	outside log FOLDER POLICY N     a Tessera log of N entries, published by those witnesses;
//	                                its vkey comes first, on a line of its own, and it waits for
//	                                one of standard input
package main

import (
	"bufio"
	"context"
	"crypto/ed25519"
	"crypto/rand"
	"fmt"
	"net"
	"os"
	"strconv"
	"time"

	"filippo.io/torchwood"
	"github.com/transparency-dev/tessera"
	"github.com/transparency-dev/tessera/storage/posix"
	"golang.org/x/crypto/ssh"
	"golang.org/x/crypto/ssh/agent"
	"golang.org/x/mod/sumdb/note"
)

func must(err error) {
	if err != nil {
		fmt.Fprintln(os.Stderr, err)
		os.Exit(1)
	}
}

func holdKey(socket, name string) {
	_, key, err := ed25519.GenerateKey(rand.Reader)
	must(err)
	ring := agent.NewKeyring()
	must(ring.Add(agent.AddedKey{PrivateKey: &key}))
	public, err := ssh.NewPublicKey(key.Public())
	must(err)
	signer, err := torchwood.NewCosignatureSigner(name, key)
	must(err)
	listener, err := net.Listen("unix", socket)
	must(err)
	fmt.Println(ssh.FingerprintSHA256(public), signer.Verifier())
	for {
		connection, err := listener.Accept()
		must(err)
		go func() { _ = agent.ServeAgent(ring, connection) }()
	}
}

func check(policyFile, noteFile string) {
	text, err := os.ReadFile(policyFile)
	must(err)
	policy, err := torchwood.ParsePolicy(text)
	must(err)
	checkpoint, err := os.ReadFile(noteFile)
	must(err)
	read, _, err := torchwood.VerifyCheckpoint(checkpoint, policy)
	must(err)
	fmt.Println(read.N)
}

func runLog(folder, policyFile, count string) {
	ctx := context.Background()
	secret, public, err := note.GenerateKey(rand.Reader, "tessera.example/log")
	must(err)
	fmt.Println(public)
	_, err = bufio.NewReader(os.Stdin).ReadString('\n')
	must(err)
	signer, err := note.NewSigner(secret)
	must(err)
	text, err := os.ReadFile(policyFile)
	must(err)
	witnesses, err := tessera.NewWitnessGroupFromPolicy(text)
	must(err)
	driver, err := posix.New(ctx, posix.Config{Path: folder})
	must(err)
	appender, shutdown, reader, err := tessera.NewAppender(ctx, driver, tessera.NewAppendOptions().
		WithCheckpointSigner(signer).
		WithCheckpointInterval(200*time.Millisecond).
		WithBatching(16, 50*time.Millisecond).
		WithWitnesses(witnesses, nil))
	must(err)
	awaiter := tessera.NewPublicationAwaiter(ctx, reader.ReadCheckpoint, 50*time.Millisecond)
	entries, err := strconv.Atoi(count)
	must(err)
	for i := range entries {
		entry := tessera.NewEntry(fmt.Appendf(nil, "entry %d", i))
		_, checkpoint, err := awaiter.Await(ctx, appender.Add(ctx, entry))
		must(err)
		must(os.WriteFile(folder+".checkpoint", checkpoint, 0o600))
	}
	must(shutdown(ctx))
	fmt.Println("published", entries)
}

func main() {
	switch {
	case len(os.Args) == 4 && os.Args[1] == "agent":
		holdKey(os.Args[2], os.Args[3])
	case len(os.Args) == 4 && os.Args[1] == "check":
		check(os.Args[2], os.Args[3])
	case len(os.Args) == 5 && os.Args[1] == "log":
		runLog(os.Args[2], os.Args[3], os.Args[4])
	default:
		fmt.Fprintln(os.Stderr, "usage: outside agent|check|log …")
		os.Exit(2)
	}
}
