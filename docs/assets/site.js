// What the theme leaves out for those who use no mouse or no eyes. It adds parts while one reads.
'use strict'

function mend() {
  document.querySelector('.md-search')?.setAttribute('aria-label', 'Search')
  for (const frame of document.querySelectorAll('.md-typeset__scrollwrap')) frame.tabIndex = 0
  // Buttons beside code are no way through the site.
  for (const buttons of document.querySelectorAll('.md-code__nav')) buttons.setAttribute('role', 'none')
}

mend()
new MutationObserver(mend).observe(document.body, { childList: true, subtree: true })
