package sqlstore

import "gait/store"

var _ store.Store = (*Store)(nil)
