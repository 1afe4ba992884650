// Command library shows the engine used from another program.
package main

import (
	"fmt"
	"log"
	"os"
	"time"

	"gait/profile"
	"gait/profile/suite"
	"gait/recording"
)

func main() {
	if len(os.Args) != 2 {
		log.Fatal("usage: library RECORDING")
	}
	if err := show(os.Args[1]); err != nil {
		log.Fatal(err)
	}
}

// show prints what was seen in every session of a recording.
func show(path string) error {
	file, err := recording.Open(path, recording.Options{})
	if err != nil {
		return err
	}
	defer file.Close()
	for session, err := range recording.Sessions(file) {
		if err != nil {
			return err
		}
		for _, o := range profile.Run(session, suite.All, time.Now()).Observations {
			fmt.Println(o.Primitive, o.Value, o.Confidence)
		}
	}
	return nil
}
